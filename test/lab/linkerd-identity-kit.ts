// What the faults of certificates need beside the kit of Linkerd: certificates put in places, and identity out of reach.
import { apply, getJson, kubectl } from './cluster.ts';
import { endProcess, setCrash, setRules } from './fault-kit.ts';
import type { Fault } from './faults.ts';
import type { Lab, LabPod } from './lab.ts';
import {
  APPS,
  certificate,
  certificates,
  CONTROL_PLANE,
  identityOf,
  linkerdFault,
  podOf,
  setAnchors,
  setIssuer,
  setServing,
  type Pair,
} from './linkerd-kit.ts';
import { HOST_IP } from './paths.ts';
import { sleep, until } from './sh.ts';

type Pod = {
  status?: { podIP?: string; containerStatuses?: Status[]; initContainerStatuses?: Status[] };
};
type Named = {
  metadata: { name: string; generateName?: string };
  status?: { conditions?: { type: string; status: string }[] };
};
type Status = { name: string; restartCount: number; state: Record<string, unknown> };

/** Pods of the applications, whose certificates a fault may have been signed by what is gone. */
const ALL = ['web', 'emoji', 'voting', 'vote-bot'];

/**
 * A fault of certificates: what holds one in memory is made anew when it is mended. The pods are, and no `rollout
 * restart` leaves its mark on the Deployments, which would be taken off again by the next mend: with new pods.
 */
export function identityFault(...args: Parameters<typeof linkerdFault>): Fault {
  const fault = linkerdFault(...args);
  const mend = async (lab: Lab): Promise<void> => {
    const { anchor, issuer, serving } = await certificates();
    await setAnchors(anchor.cert);
    await setIssuer(issuer);
    const injector = 'linkerd-proxy-injector';
    await setServing(`${injector}-k8s-tls`, serving[`${injector}-k8s-tls`]);
    await kubectl(...['-n', CONTROL_PLANE, 'scale', 'deployment/linkerd-identity', '--replicas=1']);
    await kubectl(
      ...['-n', CONTROL_PLANE, 'delete', 'networkpolicies', '--all', '--ignore-not-found'],
    );
    await renewPods(['linkerd-identity', injector], CONTROL_PLANE);
    await fault.mend(lab);
    await renewPods(ALL);
  };
  return { ...fault, mend };
}

/** New pods in place of the old ones of these Deployments, ready. */
async function renewPods(deployments: readonly string[], namespace = APPS): Promise<void> {
  const oldOf = (name: string): Promise<LabPod | undefined> =>
    podOf(name, namespace).catch(() => undefined);
  const old = (await Promise.all(deployments.map(oldOf))).flatMap((pod) => pod?.name ?? []);
  await kubectl('-n', namespace, 'delete', 'pod', '--ignore-not-found', ...old);
  await until(`new pods of ${deployments.join(' ')}`, async () => {
    const { items } = await getJson<{ items: Named[] }>('-n', namespace, 'pods');
    const ready = items.filter(({ metadata, status }) => {
      const is = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
      return is && !old.includes(metadata.name);
    });
    return deployments.every((name) =>
      ready.some(({ metadata }) => metadata.generateName?.startsWith(`${name}-`)),
    );
  });
}

/** A new pod in place of the old one; whether it gets ready is not waited for. */
export async function replacePod(deployment: string, namespace = APPS): Promise<LabPod> {
  const old = await podOf(deployment, namespace);
  await kubectl('-n', namespace, 'delete', 'pod', old.name, '--wait=false');
  const made = await until(`a new pod of ${deployment}`, async () => {
    const pod = await podOf(deployment, namespace);
    return pod.name !== old.name && pod.ip !== '' ? pod : undefined;
  });
  await until(`the proxy of ${made.name} to run`, async () => {
    const { status } = await getJson<Pod>('-n', namespace, 'pod', made.name);
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    return all.some(({ name, state }) => name === 'linkerd-proxy' && 'running' in state);
  });
  // Long enough for its first failures, and for what it logs about them.
  await sleep(17_000);
  return podOf(deployment, namespace);
}

/** The issuer in the values of the install, as linkerd upgrade leaves it there. */
export async function setIssuerValue(pem: string): Promise<void> {
  type Config = { data: { values: string } };
  const { data } = await getJson<Config>('-n', CONTROL_PLANE, 'configmap', 'linkerd-config');
  const values = data.values.replace(
    /^( *)crtPEM: \|-?\n(?: +.+\n)+/m,
    (_, margin: string) =>
      `${margin}crtPEM: |-\n${pem
        .trim()
        .split('\n')
        .map((line) => `${margin}  ${line}\n`)
        .join('')}`,
  );
  const patch = JSON.stringify({ data: { values } });
  await kubectl(
    ...['-n', CONTROL_PLANE, 'patch', 'configmap', 'linkerd-config'],
    ...['--type=merge', '-p', patch],
  );
}

/** A leaf for a pod's proxy with dates of its own, signed by the issuer of the mesh. */
export async function leafOf(
  account: string,
  from: Date,
  to: Date,
): Promise<{ readonly chain: string; readonly key: string }> {
  const { issuer } = await certificates();
  const leaf: Pair = await certificate({ name: identityOf(account), issuer, from, to });
  return { chain: `${leaf.cert}${issuer.cert}`, key: leaf.key };
}

/** Ends identity with a line of upstream's log, again and again. */
export async function crashIdentity(message: string): Promise<void> {
  const pod = await podOf('linkerd-identity', CONTROL_PLANE);
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  const line = `time="${at}" level=fatal msg=${JSON.stringify(message)}`;
  await setCrash(pod, 'identity', { exitCode: 1, reason: 'Error', log: [line] });
  await endProcess(pod, /fake-controller\.cjs identity /);
  await until('identity to have ended twice', async () => {
    const { status } = await getJson<Pod>('-n', CONTROL_PLANE, 'pod', pod.name);
    const own = status?.containerStatuses?.find(({ name }) => name === 'identity');
    return (own?.restartCount ?? 0) >= 2;
  });
}

/** A NetworkPolicy that lets nobody to identity, and what a network plugin makes of it. */
export async function blockIdentity(): Promise<void> {
  const metadata = { name: 'deny-all', namespace: CONTROL_PLANE };
  const spec = { podSelector: {}, policyTypes: ['Ingress'], ingress: [] };
  const policy = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
  await apply(JSON.stringify(policy));
  const { netns } = await podOf('linkerd-identity', CONTROL_PLANE);
  await setRules(netns, { in: [`-i eth0 ! -s ${HOST_IP} -p tcp --dport 8080 -j DROP`] });
}
