// Linkerd in the lab: put there, made as it was again, and taken away.
import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPrometheus } from '../build.ts';
import { apply, getJson, kubectl, run } from '../cluster.ts';
import { clearRules } from '../fault-kit.ts';
import { rememberFault } from '../faults.ts';
import { rolledOut } from '../install.ts';
import { inState, podNetns } from '../paths.ts';
import { sh, until } from '../sh.ts';
import { certificates } from './certificates.ts';
import { filled, listOf, type Manifest } from './manifests.ts';
import {
  APPS,
  CONTROL_PLANE,
  FAULT_SELECTOR,
  MONITORING,
  NAMESPACES,
  UNMESHED,
  VIZ,
} from './names.ts';
import { volumeDir } from '../volumes.ts';
import { bundlePrograms, steeringDir } from './programs.ts';
import { STEERING_FILE } from './steering.ts';

/** The mark of an installed Linkerd among the faults, so that mending all takes it away too. */
export const INSTALLED = 'linkerd-installed';
const READY = inState('linkerd', 'ready');
/** Nothing has been broken since all was as it should be: the next fault can begin at once. */
const CLEAN = inState('linkerd', 'clean');

const FILES = ['linkerd.yaml', 'linkerd-viz.yaml', 'linkerd-emojivoto.yaml'] as const;

async function objectsOf(...files: readonly string[]): Promise<readonly Manifest[]> {
  const all = await certificates();
  return (await Promise.all(files.map((file) => filled(file, all)))).flat();
}

const put = async (objects: readonly Manifest[]): Promise<void> => {
  await until('objects to be applied', () => apply(listOf(objects)).then(() => true));
};

/** Waits for every Deployment of these namespaces. */
async function allRolledOut(...namespaces: readonly string[]): Promise<void> {
  const status = ['rollout', 'status', 'deployment', '--timeout=180s'];
  await Promise.all(namespaces.map((namespace) => kubectl('-n', namespace, ...status)));
}

/** A pod that is not made: whether the injector would have had it. */
export async function isInjecting(namespace = APPS): Promise<boolean> {
  const spec = { containers: [{ name: 'app', image: 'lab/app:1' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', namespace }, spec };
  const argv = ['kubectl', 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
  const { stdout } = await run(argv, { stdin: JSON.stringify(pod) });
  return stdout.includes('linkerd-proxy');
}

export const untilInjecting = (): Promise<boolean> =>
  until('the injector to be called', () => isInjecting(), 120_000, 200);

async function installAll(): Promise<void> {
  await rememberFault(INSTALLED);
  await Promise.all([bundlePrograms(), buildPrometheus(), certificates()]);
  const control = await objectsOf('linkerd.yaml');
  const apps = await objectsOf('linkerd-emojivoto.yaml');
  const namespaces = apps.filter(({ kind }) => kind === 'Namespace');
  await put([...(await objectsOf('linkerd-crds.yaml')), ...control, ...namespaces]);
  await allRolledOut(CONTROL_PLANE);
  await untilInjecting();
  await put(await objectsOf('linkerd-viz.yaml'));
  // Pods that are made before it is there cannot be tapped.
  await rolledOut(VIZ, 'tap-injector');
  await put(apps);
  await untilUsual();
  await untilTap();
  await writeFile(READY, '');
}

/** kubectl asks every API for its types: one that does not answer yet makes it slow. */
export const untilTap = (): Promise<unknown> =>
  until('the tap API', async () => {
    const path = 'jsonpath={.status.conditions[?(@.type=="Available")].status}';
    return (await kubectl('get', 'apiservice', 'v1alpha1.tap.linkerd.io', '-o', path)) === 'True';
  });

export async function install(): Promise<void> {
  const clean = existsSync(CLEAN);
  await rm(CLEAN, { force: true });
  if (!existsSync(READY)) await installAll();
  else if (!clean) await restore();
}

const EXTRAS = [
  ...['servers', 'authorizationpolicies', 'meshtlsauthentications', 'networkauthentications'],
  ...['serverauthorizations', 'httplocalratelimitpolicies', 'egressnetworks', 'httproutes'],
].map((kind) => `${kind}.policy.linkerd.io`);
const ROUTES = ['httproutes', 'grpcroutes'].map((kind) => `${kind}.gateway.networking.k8s.io`);

const CLUSTER_EXTRAS =
  'namespaces,clusterroles,clusterrolebindings,mutatingwebhookconfigurations,validatingwebhookconfigurations';

type Extra = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
};

/** Policies that faults add anywhere but among Linkerd's own, and network policies that they add there. */
const isExtra = ({ kind, metadata: { namespace = '' } }: Extra): boolean =>
  [APPS, UNMESHED].includes(namespace) ||
  (kind === 'NetworkPolicy' && [CONTROL_PLANE, VIZ].includes(namespace));

/** What faults added beside the objects of the manifests; mostly there is little, and it takes long to delete nothing. */
async function removeExtras(): Promise<void> {
  const kinds = [...EXTRAS, ...ROUTES, 'serviceprofiles.linkerd.io', 'networkpolicies'].join(',');
  const [policies, others] = await Promise.all([
    getJson<{ items: Extra[] }>(kinds, '--all-namespaces'),
    getJson<{ items: Extra[] }>(CLUSTER_EXTRAS, '-l', FAULT_SELECTOR),
    kubectl('delete', 'namespace', MONITORING, '--ignore-not-found'),
  ]);
  await Promise.all([
    removeAll(policies.items.filter(isExtra), '--wait=false'),
    removeAll(others.items),
  ]);
}

async function removeAll(all: readonly Extra[], ...flags: readonly string[]): Promise<void> {
  if (all.length === 0) return;
  const items = all.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
  }));
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const argv = ['kubectl', 'delete', '--ignore-not-found', ...flags, '-f', '-'];
  const done = await run(argv, { stdin });
  if (done.code !== 0) throw new Error(done.stderr);
}

async function removeSteering(): Promise<void> {
  const pods = await readdir(inState('pods')).catch(() => [] as string[]);
  for (const pod of pods) {
    const [namespace = '', name = ''] = pod.split('_');
    if (!NAMESPACES.includes(namespace)) continue;
    await rm(join(steeringDir(namespace, name), STEERING_FILE), { force: true });
    await sh(['sh', '-c', `rm -f ${inState('pods', pod)}/*.crash.json`]);
    await clearRules(podNetns(namespace, name));
  }
}

type Pod = {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  spec: { initContainers?: Container[] };
};

type Container = { name: string; env?: { name: string; value?: string }[] };

/** Tapped, and with the mesh's own trust anchors: with those of a fault it would wait for a certificate for ever. */
function hasUsualProxy(namespace: string, anchors: string, init: Container[] = []): boolean {
  const env = init.find(({ name }) => name === 'linkerd-proxy')?.env;
  if (!env) return false;
  const trusts = env.find(({ name }) => name === 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS')?.value;
  const tapped = env.some(({ name }) => name === 'LINKERD2_PROXY_TAP_SVC_NAME');
  return trusts?.trim() === anchors.trim() && (tapped || namespace !== APPS);
}

/** The injector gives new pods the anchors in its file, which a kubelet would renew within a minute: nobody waits for that. */
export async function injectorTrusts(pem: string): Promise<void> {
  const injectors = (await readdir(inState('pods'))).filter((pod) =>
    pod.startsWith(`${CONTROL_PLANE}_linkerd-proxy-injector-`),
  );
  for (const pod of injectors) {
    const [namespace = '', name = ''] = pod.split('_');
    const dir = volumeDir({ metadata: { namespace, name } }, 'trust-roots');
    if (existsSync(dir)) await writeFile(join(dir, 'ca-bundle.crt'), pem);
  }
}

/** Pods that were made without a proxy, or with another than usual, while something was wrong; answers how many. */
async function removeOddPods(): Promise<number> {
  let removed = 0;
  const { anchor } = await certificates();
  const { items } = await getJson<{ items: Pod[] }>('pods', '--all-namespaces');
  for (const namespace of [APPS, VIZ]) {
    const odd = items.filter(
      ({ metadata, spec }) =>
        metadata.namespace === namespace &&
        metadata.deletionTimestamp === undefined &&
        !hasUsualProxy(namespace, anchor.cert, spec.initContainers),
    );
    const names = odd.map(({ metadata }) => metadata.name);
    removed += names.length;
    if (names.length > 0)
      await kubectl('-n', namespace, 'delete', 'pod', '--ignore-not-found', ...names);
  }
  return removed;
}

/** What takes an odd pod's place may be odd again, while a webhook is not yet called. */
async function untilUsual(): Promise<void> {
  await until(
    'every pod to have its usual proxy',
    async () => {
      const removed = await removeOddPods();
      await allRolledOut(CONTROL_PLANE, VIZ, APPS, UNMESHED);
      return removed === 0;
    },
    240_000,
  );
}

/** The control plane first: webhooks that refuse are put right before what they would refuse. */
export async function restore(): Promise<void> {
  await removeSteering();
  await Promise.all([replace(await objectsOf('linkerd.yaml')), removeExtras()]);
  await allRolledOut(CONTROL_PLANE);
  await injectorTrusts((await certificates()).anchor.cert);
  await untilInjecting();
  await replace(await objectsOf('linkerd-viz.yaml', 'linkerd-emojivoto.yaml'));
  await rolledOut(VIZ, 'tap-injector');
  await untilUsual();
  await untilTap();
  await writeFile(CLEAN, '');
}

/** Replaced, because what another hand added (an annotation) is left by an apply; applied when one is gone. */
async function replace(objects: readonly Manifest[]): Promise<void> {
  const all = (): Promise<{ code: number; stderr: string }> =>
    run(['kubectl', 'replace', '-f', '-'], { stdin: listOf(objects) });
  if ((await all()).code === 0) return;
  await put(objects);
  const done = await all();
  if (done.code !== 0) throw new Error(done.stderr);
}

const CLUSTER_WIDE = [
  'ClusterRole',
  'ClusterRoleBinding',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

/** Its APIs and webhooks first: what is left of a cluster must not wait for programs that end. */
export async function uninstall(): Promise<void> {
  const quiet = ['--ignore-not-found', '--wait=false'];
  await kubectl('delete', 'apiservice', 'v1alpha1.tap.linkerd.io', ...quiet);
  const all = await objectsOf(...FILES);
  const names = all
    .filter(({ kind }) => CLUSTER_WIDE.includes(kind))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  await kubectl('delete', ...names, ...quiet);
  await kubectl('delete', CLUSTER_EXTRAS, '-l', FAULT_SELECTOR, ...quiet);
  await kubectl('delete', 'namespaces', ...NAMESPACES, ...quiet);
  const types = [
    ...(await objectsOf('linkerd-crds.yaml')),
    ...(await objectsOf('monitoring-crds.yaml')),
  ];
  const crds = types.map(({ metadata }) => metadata.name);
  await rm(READY, { force: true });
  await rm(CLEAN, { force: true });
  await kubectl('delete', 'namespaces', ...NAMESPACES, '--ignore-not-found', '--timeout=180s');
  await kubectl('delete', 'crds', ...crds, '--ignore-not-found', '--timeout=180s');
  const role = ['rolebinding', '-l', 'linkerd.io/extension=viz'];
  await kubectl('-n', 'kube-system', 'delete', ...role, '--ignore-not-found');
}
