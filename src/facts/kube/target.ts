// From the words a person types to pods: `pod`, `pod.ns`, `ns/pod`, `pod/x`, `deploy/x`, `x` (a workload).
// A named `get` comes before any `list`: reading one pod is all a restricted user may do.
import type { KubeObject } from '../../core/object.ts';
import type { Failure, Ports, Reply } from '../../core/ports.ts';
import { isLabelName, isSelector } from '../../core/names.ts';
import { isName, podText, type PodRef, type Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { getObject, listObjects } from './ask.ts';
import { kindOf } from './kind-words.ts';
import { namespaces, pods, services } from './kinds.ts';
import { elsewhere, emptyNamespace, insteadOf, missingOfKind, orNoTarget } from './missing.ts';
import { isOwnedBy, liveFirst } from './owned.ts';
import type { Resolved } from './resolved.ts';
import { whyNoPods } from './why-no-pods.ts';
import { podsOfNamespace, podsWithLabels } from './several.ts';
import { labelsAt, text } from '../../model/kube/read.ts';

export type Wanted =
  | {
      readonly by: 'kind';
      readonly resource: Resource;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly by: 'namespace'; readonly name: string }
  /** `app=web,tier=front`: kubectl's -l. */
  | { readonly by: 'labels'; readonly namespace: string; readonly labels: string }
  /** Every reading of a bare word: `web.shop` is a pod of that name here, or `web` in `shop`. */
  | { readonly by: 'name'; readonly readings: readonly PodRef[] };

/** `namespace` is the one in force (`-n`, else the context's); a target that names its own wins. */
export async function resolveTarget(
  ports: Ports,
  target: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Resolved> {
  const found = await resolve(ports, target, namespace, signal);
  return orNoTarget(found, ports, target, signal);
}

function resolve(
  ports: Ports,
  target: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Resolved> {
  const wanted = parseTarget(target, namespace);
  if ('usage' in wanted) return Promise.resolve({ is: 'usage', says: wanted.usage });
  switch (wanted.by) {
    case 'kind':
      return byKind(ports, wanted, signal);
    case 'namespace':
      return podsOfNamespace(ports, wanted.name, signal);
    case 'labels':
      return podsWithLabels(ports, wanted, signal);
    case 'name':
      return byName(ports, target, wanted.readings, signal);
  }
}

/** The same; and a bare word that names no pod and no workload may be a namespace. */
export async function resolvePods(
  ports: Ports,
  word: string,
  namespace: string,
  signal: AbortSignal,
): Promise<Resolved> {
  const found = await resolveTarget(ports, word, namespace, signal);
  if (found.is !== 'usage' || !isLabelName(word)) return found;
  const named = await getObject(ports, namespaces, word, undefined, signal);
  return named.ok ? podsOfNamespace(ports, word, signal) : found;
}

export function parseTarget(
  target: string,
  namespace: string,
): Wanted | { readonly usage: string } {
  if (target.includes('=') && isSelector(target))
    return { by: 'labels', namespace, labels: target };
  const [head = '', tail, ...rest] = target.split('/');
  if (rest.length > 0 || head === '' || tail === '') return { usage: badTarget(target) };
  if (tail === undefined) return parseBare(head, namespace);
  const resource = kindOf(head);
  if (!isName(tail)) return { usage: badTarget(target) };
  if (resource === pods) return { by: 'name', readings: readings(tail, namespace) };
  if (resource === namespaces)
    return isLabelName(tail) ? { by: 'namespace', name: tail } : { usage: badTarget(target) };
  if (resource) return parseKind(resource, tail, namespace);
  if (!isName(head)) return { usage: badTarget(target) };
  return { by: 'name', readings: [{ namespace: head, name: tail }] };
}

function parseBare(name: string, namespace: string): Wanted | { readonly usage: string } {
  return isName(name)
    ? { by: 'name', readings: readings(name, namespace) }
    : { usage: badTarget(name) };
}

/** `deploy/web.shop` names its namespace, as istioctl takes it. */
function parseKind(resource: Resource, name: string, namespace: string): Wanted {
  const dot = name.lastIndexOf('.');
  return dot < 0
    ? { by: 'kind', resource, namespace, name }
    : { by: 'kind', resource, namespace: name.slice(dot + 1), name: name.slice(0, dot) };
}

function readings(name: string, namespace: string): readonly PodRef[] {
  const dot = name.lastIndexOf('.');
  const here = { namespace, name };
  return dot < 0 ? [here] : [{ namespace: name.slice(dot + 1), name: name.slice(0, dot) }, here];
}

export function badTarget(target: string): string {
  return `"${target}" is not a target; type a pod (web-5fcd7-x2x4q), pod.namespace, namespace/pod, deploy/name or ns/name`;
}

async function byName(
  ports: Ports,
  target: string,
  all: readonly PodRef[],
  signal: AbortSignal,
): Promise<Resolved> {
  const replies = await Promise.all(
    all.map((ref) => getObject(ports, pods, ref.name, ref.namespace, signal)),
  );
  const found = all.filter((_, i) => replies[i]?.ok);
  if (found.length > 1) {
    const says = `"${target}" is ambiguous: ${listed(found.map(podText))} both exist; type one of these`;
    return { is: 'usage', says };
  }
  if (found.length === 1) return { is: 'pods', pods: found, from: target };
  const stopped = failedReading(all, replies);
  if (stopped) {
    const { ref, reply } = stopped;
    return { is: 'unanswered', reply, asked: `the pod ${podText(ref)}` };
  }
  return byWorkloadName(ports, target, all, signal);
}

/**
 * Why a bare word could not be looked up. One of its readings may be in a namespace that this user may not read: then the
 * other one decides, unless neither may be read.
 */
export function failedReading(
  all: readonly PodRef[],
  replies: readonly Reply<unknown>[],
): { readonly ref: PodRef; readonly reply: Failure } | undefined {
  const failures = all.flatMap((ref, i) => {
    const reply = replies[i];
    return reply && !reply.ok && reply.why !== 'absent' ? [{ ref, reply }] : [];
  });
  const grave = failures.find(({ reply }) => reply.why !== 'forbidden');
  return grave ?? (failures.length === all.length ? failures[0] : undefined);
}

/** No pod of that name: perhaps the name of what made the pods. */
async function byWorkloadName(
  ports: Ports,
  target: string,
  all: readonly PodRef[],
  signal: AbortSignal,
): Promise<Resolved> {
  const seen: KubeObject[] = [];
  let unread: Extract<Resolved, { is: 'unanswered' }> | undefined;
  for (const ref of all) {
    const reply = await listObjects(ports, pods, { namespace: ref.namespace, limit: 1000 }, signal);
    if (!reply.ok) {
      unread ??= { is: 'unanswered', reply, asked: `the pods in ${ref.namespace}` };
      continue;
    }
    const mine = liveFirst(reply.value.items.filter((pod) => isOwnedBy(pod, ref.name)));
    if (mine.length > 0) return { is: 'pods', pods: mine, from: `${ref.namespace}/${ref.name}` };
    seen.push(...reply.value.items);
  }
  // What was not listed may hold it.
  if (unread && seen.length === 0) return unread;
  const [{ namespace: where, name } = { namespace: '', name: target }] = all;
  const hint =
    (await elsewhere(ports, { resource: pods, namespace: where, name }, signal)) ??
    (seen.length > 0
      ? insteadOf({ namespace: where, name }, seen)
      : await emptyNamespace(ports, where, 'pods', signal));
  return { is: 'usage', says: `no pod or workload "${target}" in namespace ${where}; ${hint}` };
}

/** A Service need not lead to pods. */
function behind({ spec }: KubeObject): string {
  const host = text(spec, 'type') === 'ExternalName' ? text(spec, 'externalName') : undefined;
  return host === undefined ? 'selects no pods' : `selects no pods, it is an alias of ${host}`;
}

async function byKind(
  ports: Ports,
  wanted: Extract<Wanted, { by: 'kind' }>,
  signal: AbortSignal,
): Promise<Resolved> {
  const { resource, namespace, name } = wanted;
  const asked = `${resource.kind} ${namespace}/${name}`;
  // Most workloads select their pods by this label: asked early, it saves a round trip.
  const usual = { namespace, labels: `app=${name}` };
  void ports.early?.({ ask: 'list', resource: pods, ...usual }, signal);
  const reply = await getObject(ports, resource, name, namespace, signal);
  if (!reply.ok) {
    if (reply.why !== 'absent') return { is: 'unanswered', reply, asked };
    return { is: 'usage', says: await missingOfKind(ports, wanted, signal) };
  }
  const selector =
    resource === services
      ? labelsAt(reply.value.spec, 'selector')
      : labelsAt(reply.value.spec, 'selector', 'matchLabels');
  const labels = Object.entries(selector).map(([k, v]) => `${k}=${v}`);
  if (labels.length === 0)
    return { is: 'usage', says: `${asked} ${behind(reply.value)}; name a pod instead` };
  const found = await listObjects(ports, pods, { namespace, labels: labels.join(',') }, signal);
  if (!found.ok) return { is: 'unanswered', reply: found, asked: `the pods of ${asked}` };
  if (found.value.items.length === 0) {
    const kind = resource.plural.slice(0, -1);
    const why = resource === services ? undefined : await whyNoPods(ports, reply.value, signal);
    const says =
      why === undefined
        ? `${asked} has no pods; kubectl describe ${kind} ${name} -n ${namespace} shows why`
        : `${asked} has no pods: ${why}; meshdoc diagnose pod ${kind}/${name}.${namespace} says what to do`;
    return { is: 'usage', says };
  }
  return {
    is: 'pods',
    pods: liveFirst(found.value.items),
    from: `${resource.kind.toLowerCase()}/${name} in ${namespace}`,
  };
}
