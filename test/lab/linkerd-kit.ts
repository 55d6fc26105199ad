// What the lab's Linkerd faults are made of. Linkerd's objects and Prometheus are real; the processes that the objects
// speak of are fakes (linkerd/fake-*.ts), told by a file per pod what to answer.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getJson, kubectl } from './cluster.ts';
import { setRules } from './fault-kit.ts';
import type { Fault } from './faults.ts';
import { rolledOut } from './install.ts';
import type { FaultContext, Lab, LabPod } from './lab.ts';
import { injectorTrusts, install, restore, uninstall } from './linkerd/install.ts';
import { issuerData, servingData } from './linkerd/manifests.ts';
import { APPS, CONTROL_PLANE } from './linkerd/names.ts';
import type { Pair } from './linkerd/openssl.ts';
import { steeringDir } from './linkerd/programs.ts';
import { STEERING_FILE, type LogLine, type Steering, type Stream } from './linkerd/steering.ts';
import { HOST_IP, podNetns } from './paths.ts';
import { sleep } from './sh.ts';

export {
  certificates,
  inDays,
  makeAnchor,
  makeIssuer,
  makeServing,
} from './linkerd/certificates.ts';
export { certificate, type Pair } from './linkerd/openssl.ts';
export { isInjecting, untilInjecting } from './linkerd/install.ts';
export { APPS, CONTROL_PLANE, FAULT_LABEL, MONITORING, VIZ } from './linkerd/names.ts';
export {
  addPrometheus,
  configure,
  query,
  removeViz,
  targets,
  untilSeries,
  untilTarget,
} from './linkerd/prometheus.ts';
export type { LogLine, Steering, Stream };

/** Linkerd, viz with a real Prometheus, emojivoto and an unmeshed namespace: as upstream leaves them, and healthy. */
export async function addLinkerd(_lab?: Lab): Promise<void> {
  await install();
}

/** Everything as `addLinkerd` leaves it; Linkerd stays for the next fault. */
export async function mendLinkerd(_lab?: Lab): Promise<void> {
  await restore();
}

export async function removeLinkerd(_lab?: Lab): Promise<void> {
  await uninstall();
}

/** A fault on a healthy Linkerd; its mend is everything as it was. */
export function linkerdFault(
  name: string,
  does: string,
  breaks: (lab: Lab) => Promise<FaultContext | undefined | void>,
): Fault {
  return {
    name,
    does,
    async break(lab) {
      await addLinkerd(lab);
      return (await breaks(lab)) ?? { target: 'deploy/web.emojivoto' };
    },
    mend: mendLinkerd,
  };
}

type Pods = {
  items: {
    metadata: {
      name: string;
      creationTimestamp: string;
      deletionTimestamp?: string;
      generateName?: string;
    };
    status: { podIP?: string };
  }[];
};

/** The newest pod of a Deployment, by the Deployment's name. */
export async function podOf(deployment: string, namespace = APPS): Promise<LabPod> {
  const { items } = await getJson<Pods>('-n', namespace, 'pods');
  const own = new RegExp(`^${deployment}-[a-z0-9]+-$`);
  const alive = items.filter(
    ({ metadata }) => !metadata.deletionTimestamp && own.test(metadata.generateName ?? ''),
  );
  alive.sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  const [newest] = alive;
  if (!newest) throw new Error(`no pod of ${deployment} in ${namespace}`);
  const { name } = newest.metadata;
  return { namespace, name, ip: newest.status.podIP ?? '', netns: podNetns(namespace, name) };
}

/** The fake proxies read it again every quarter of a second. */
const READ_MS = 400;

/** Tells the fake proxy of a pod what it is; `{}` is a healthy one. */
export async function setProxy({ namespace, name }: LabPod, steering: Steering): Promise<void> {
  const dir = steeringDir(namespace, name);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, STEERING_FILE), JSON.stringify(steering));
  await sleep(READ_MS);
}

/** Restarts a Deployment and answers its new pod. */
export async function restart(deployment: string, namespace = APPS): Promise<LabPod> {
  await kubectl('-n', namespace, 'rollout', 'restart', `deployment/${deployment}`);
  await rolledOut(namespace, deployment);
  return podOf(deployment, namespace);
}

/** Annotations of a Deployment's pods; null takes one away. */
export async function annotateTemplate(
  deployment: string,
  annotations: Readonly<Record<string, string | null>>,
  namespace = APPS,
): Promise<LabPod> {
  const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
  await kubectl('-n', namespace, 'patch', `deployment/${deployment}`, '--type=merge', '-p', patch);
  await rolledOut(namespace, deployment);
  return podOf(deployment, namespace);
}

/**
 * A port that no other pod reaches, as a NetworkPolicy does it: dropped (time-out) or refused. What comes from the node
 * itself (probes) and over port-forward is let through, as by any plugin.
 */
export async function blockPort(pod: LabPod, how: 'drop' | 'refuse', port = 4191): Promise<void> {
  const target = how === 'drop' ? 'DROP' : 'REJECT --reject-with tcp-reset';
  await setRules(pod.netns, {
    in: [`-i eth0 ! -s ${HOST_IP} -p tcp --dport ${port} -j ${target}`],
  });
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const patch = async (data: object, ...target: readonly string[]): Promise<void> => {
  await kubectl('patch', ...target, '--type=merge', '-p', JSON.stringify(data));
};

/** Replaces the issuer in its Secret. The running identity keeps the one it has until it is restarted. */
export async function setIssuer(issuer: Pair): Promise<void> {
  await patch(
    { data: issuerData(issuer) },
    '-n',
    CONTROL_PLANE,
    'secret',
    'linkerd-identity-issuer',
  );
}

/** Replaces the trust anchors in their ConfigMap: one PEM, or several one after another. */
export async function setAnchors(pem: string): Promise<void> {
  const data = { 'ca-bundle.crt': pem };
  await patch({ data }, '-n', CONTROL_PLANE, 'configmap', 'linkerd-identity-trust-roots');
  await injectorTrusts(pem);
}

export const restartIdentity = (): Promise<LabPod> => restart('linkerd-identity', CONTROL_PLANE);

/** Replaces a webhook's serving certificate in its Secret; what serves it keeps the old one until it is restarted. */
export async function setServing(
  secret: string,
  pair: Pair,
  namespace = CONTROL_PLANE,
): Promise<void> {
  await patch({ data: servingData(pair) }, '-n', namespace, 'secret', secret);
}

export const INJECTOR_WEBHOOK = 'linkerd-proxy-injector-webhook-config';

export type WebhookChange = {
  /** PEM; '' empties it. */
  readonly caBundle?: string;
  readonly failurePolicy?: 'Ignore' | 'Fail';
  readonly namespaceSelector?: object;
  readonly objectSelector?: object;
  readonly [field: string]: unknown;
};

/** Changes fields of the first webhook of a configuration. */
export async function setWebhook(change: WebhookChange, name = INJECTOR_WEBHOOK): Promise<void> {
  const { caBundle, ...fields } = change;
  const ops = Object.entries(fields).map(([field, value]) => ({
    op: 'add',
    path: `/webhooks/0/${field}`,
    value,
  }));
  const path = '/webhooks/0/clientConfig/caBundle';
  if (caBundle !== undefined) ops.push({ op: 'add', path, value: base64(caBundle) });
  const target = ['mutatingwebhookconfiguration', name];
  await kubectl('patch', ...target, '--type=json', '-p', JSON.stringify(ops));
}

/** No pod of a Deployment: its Service has no endpoint. */
export async function stopAll(deployment: string, namespace: string): Promise<void> {
  await kubectl('-n', namespace, 'scale', `deployment/${deployment}`, '--replicas=0');
  await kubectl(
    '-n',
    namespace,
    'wait',
    '--for=delete',
    'pod',
    '-l',
    await selectorOf(deployment, namespace),
    '--timeout=180s',
  );
}

async function selectorOf(deployment: string, namespace: string): Promise<string> {
  type Selected = { spec: { selector: { matchLabels: Record<string, string> } } };
  const { spec } = await getJson<Selected>('-n', namespace, 'deployment', deployment);
  return Object.entries(spec.selector.matchLabels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

export const stopInjector = (): Promise<void> => stopAll('linkerd-proxy-injector', CONTROL_PLANE);

/** The identity of a ServiceAccount, as a proxy's certificate names it. */
export const identityOf = (account: string, namespace = APPS): string =>
  `${account}.${namespace}.serviceaccount.identity.linkerd.cluster.local`;
