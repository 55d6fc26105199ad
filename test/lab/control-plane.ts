import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { API_PORT, built, HOST_IP, inState, kubeconfigOf } from './paths.ts';
import { pki } from './pki.ts';
import { until } from './sh.ts';
import { tokensFile } from './users.ts';

const here = import.meta.dirname;
const QPS = ['--kube-api-qps=1000', '--kube-api-burst=1000'];

const etcd = (): string[] => [
  join(built.kubernetes, 'server'),
  `--data-dir=${inState('etcd')}`,
  '--listen-client-urls=http://127.0.0.1:2379',
  '--advertise-client-urls=http://127.0.0.1:2379',
  '--listen-peer-urls=http://127.0.0.1:2380',
  '--log-level=error',
  '--unsafe-no-fsync',
  '--quota-backend-bytes=4294967296',
];

const apiserver = (): string[] => [
  join(built.kubernetes, 'kube-apiserver'),
  '--etcd-servers=http://127.0.0.1:2379',
  `--bind-address=${HOST_IP}`,
  `--advertise-address=${HOST_IP}`,
  `--secure-port=${API_PORT}`,
  `--tls-cert-file=${pki.cert}`,
  `--tls-private-key-file=${pki.key}`,
  `--token-auth-file=${tokensFile}`,
  '--authorization-mode=RBAC',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${pki.serviceAccountKey}`,
  `--service-account-signing-key-file=${pki.serviceAccountKey}`,
  '--api-audiences=https://kubernetes.default.svc,istio-ca',
  '--service-cluster-ip-range=10.96.0.0/12',
  // Webhooks must reach the endpoint's IP: nothing here routes a cluster IP for the API server.
  '--enable-aggregator-routing=true',
  '--endpoint-reconciler-type=none',
  '--kubelet-preferred-address-types=InternalIP',
  `--audit-policy-file=${join(here, 'manifests', 'audit-policy.yaml')}`,
  `--audit-log-path=${inState('audit.log')}`,
  // A namespace of thousands of objects is emptied with as many hands.
  '--delete-collection-workers=8',
  '--max-requests-inflight=2000',
  '--max-mutating-requests-inflight=1000',
  '--allow-privileged=true',
  // Nobody removes the not-ready taint that it would set: node lifecycle is off.
  '--disable-admission-plugins=TaintNodesByCondition',
];

const controllerManager = (): string[] => [
  join(built.kubernetes, 'kube-controller-manager'),
  `--kubeconfig=${kubeconfigOf('lab-controller-manager')}`,
  `--service-account-private-key-file=${pki.serviceAccountKey}`,
  `--root-ca-file=${pki.ca}`,
  '--leader-elect=false',
  // Nodes do not heartbeat often here, and nothing may evict the pods.
  '--controllers=*,-node-lifecycle-controller',
  '--bind-address=127.0.0.1',
  '--concurrent-deployment-syncs=20',
  '--concurrent-replicaset-syncs=20',
  ...QPS,
];

const scheduler = (): string[] => [
  join(built.kubernetes, 'kube-scheduler'),
  `--kubeconfig=${kubeconfigOf('lab-scheduler')}`,
  '--leader-elect=false',
  '--bind-address=127.0.0.1',
  ...QPS,
];

const kwok = (): string[] => [
  join(built.kwok, 'kwok'),
  `--kubeconfig=${kubeconfigOf('lab-kubelet')}`,
  `--config=${join(here, 'manifests', 'stages.yaml')}`,
  '--manage-all-nodes=true',
  `--node-ip=${HOST_IP}`,
  '--node-port=10247',
  `--server-address=${HOST_IP}:10247`,
  `--tls-cert-file=${pki.cert}`,
  `--tls-private-key-file=${pki.key}`,
  '--enable-crds=Logs,Exec,PortForward',
  '--node-lease-duration-seconds=40',
];

/** Starts one daemon; if it ever ends, `onExit` hears of it. */
function daemon(
  name: string,
  [file = '', ...args]: string[],
  onExit: (name: string) => void,
  path = process.env.PATH ?? '',
): ChildProcess {
  const log = openSync(inState('logs', `${name}.log`), 'a');
  const env = { ...process.env, PATH: path };
  const child = spawn(file, args, { stdio: ['ignore', log, log], env, cwd: '/' });
  child.on('exit', () => onExit(name));
  return child;
}

export type Healthz = (path: string) => Promise<boolean>;

/** Starts etcd and the API server, and waits until it says it is ready. */
export async function startApi(ready: Healthz, onExit: (name: string) => void): Promise<void> {
  await mkdir(inState('logs'), { recursive: true });
  daemon('etcd', etcd(), onExit);
  daemon('kube-apiserver', apiserver(), onExit);
  await until('the API server', () => ready('/readyz'));
}

/** Starts what works through the API. kwok's PATH is all that `kubectl exec` can run in a pod. */
export function startControllers(kubeletPath: string, onExit: (name: string) => void): void {
  daemon('kube-controller-manager', controllerManager(), onExit);
  daemon('kube-scheduler', scheduler(), onExit);
  daemon('kwok', kwok(), onExit, kubeletPath);
}
