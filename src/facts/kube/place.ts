// From the words a person types to places: a pod, what makes pods (it may have none), or a namespace.
import type { Place } from '../../core/input.ts';
import type { Failure, Ports, Reply } from '../../core/ports.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import {
  elsewhere,
  emptyNamespace,
  insteadOf,
  missingOfKind,
  orNoTarget,
  otherNamespaces,
} from './missing.ts';
import { getObject, listObjects } from './ask.ts';
import { makers, namespaces, pods, services } from './kinds.ts';
import { isOwnedBy, liveFirst } from './owned.ts';
import { badTarget, failedReading, parseTarget, type Wanted } from './target.ts';

export type ResolvedPlace =
  | { readonly is: 'place'; readonly place: Place }
  | { readonly is: 'usage'; readonly says: string }
  | {
      readonly is: 'unanswered';
      readonly reply: Failure;
      readonly asked: string;
    };

/** `namespace` is the one in force (`-n`, else the context's); a word that names its own wins. */
export async function resolvePlace(
  ports: Ports,
  word: string,
  namespace: string,
  signal: AbortSignal,
): Promise<ResolvedPlace> {
  const found = await resolve(ports, word, namespace, signal);
  return orNoTarget(found, ports, word, signal);
}

function resolve(
  ports: Ports,
  word: string,
  namespace: string,
  signal: AbortSignal,
): Promise<ResolvedPlace> {
  const wanted = parseTarget(word, namespace);
  if ('usage' in wanted) return Promise.resolve({ is: 'usage', says: wanted.usage });
  switch (wanted.by) {
    case 'kind':
      return byKind(ports, word, wanted, signal);
    case 'namespace':
      return byNamespace(ports, wanted.name, signal);
    case 'labels':
      return Promise.resolve({ is: 'usage', says: noLabels(word, namespace) });
    case 'name':
      return byName(ports, word, wanted.readings, signal);
  }
}

function noLabels(labels: string, namespace: string): string {
  return `labels (${labels}) choose pods, and this looks at a pod, a workload or a namespace: name one, such as ns/${namespace}`;
}

async function byNamespace(
  ports: Ports,
  name: string,
  signal: AbortSignal,
): Promise<ResolvedPlace> {
  const reply = await getObject(ports, namespaces, name, undefined, signal);
  // A person who may not read namespaces may still know the name of one.
  if (reply.ok || reply.why === 'forbidden')
    return { is: 'place', place: { is: 'namespace', name } };
  if (reply.why !== 'absent') return { is: 'unanswered', reply, asked: `the namespace ${name}` };
  const hint = await otherNamespaces(ports, name, signal);
  return { is: 'usage', says: `no namespace "${name}"; ${hint}` };
}

async function byKind(
  ports: Ports,
  word: string,
  { resource, namespace, name }: Extract<Wanted, { by: 'kind' }>,
  signal: AbortSignal,
): Promise<ResolvedPlace> {
  if (resource === services) {
    return {
      is: 'usage',
      says: `"${word}" is a Service; name a pod, a workload (deploy/${name}) or a namespace (ns/${namespace})`,
    };
  }
  const reply = await getObject(ports, resource, name, namespace, signal);
  if (reply.ok) return { is: 'place', place: { is: 'workload', resource, namespace, name } };
  const asked = `${resource.kind} ${namespace}/${name}`;
  if (reply.why !== 'absent') return { is: 'unanswered', reply, asked };
  return {
    is: 'usage',
    says: await missingOfKind(ports, { resource, namespace, name }, signal),
  };
}

/** A pod first, then what makes pods, then a namespace: the narrowest thing of that name. */
async function byName(
  ports: Ports,
  word: string,
  readings: readonly PodRef[],
  signal: AbortSignal,
): Promise<ResolvedPlace> {
  const [first] = readings;
  if (!first) return { is: 'usage', says: badTarget(word) };
  const found = await Promise.all(readings.map((ref) => candidates(ports, ref, signal)));
  for (const { places } of found) {
    const [place] = places;
    if (place) return { is: 'place', place };
  }
  const stopped =
    failedReading(
      readings,
      found.map(({ pod }) => pod),
    ) ?? unreadMaker(readings, found);
  if (stopped) {
    const { ref, reply } = stopped;
    return { is: 'unanswered', reply, asked: `the pod ${podText(ref)}` };
  }
  if (!word.includes('/') && !word.includes('.')) {
    const named = await getObject(ports, namespaces, word, undefined, signal);
    if (named.ok) return { is: 'place', place: { is: 'namespace', name: word } };
  }
  const made = await madeBy(ports, first, signal);
  if (made) return { is: 'place', place: { is: 'pod', pod: made } };
  return { is: 'usage', says: await nothing(ports, word, first, signal) };
}

/** A controller of a kind that is not asked for has pods all the same: one of them stands for it. */
async function madeBy(
  ports: Ports,
  { namespace, name }: PodRef,
  signal: AbortSignal,
): Promise<PodRef | undefined> {
  const reply = await listObjects(ports, pods, { namespace, limit: 1000 }, signal);
  if (!reply.ok) return undefined;
  return liveFirst(reply.value.items.filter((pod) => isOwnedBy(pod, name)))[0];
}

type Candidates = {
  readonly places: readonly Place[];
  readonly pod: Reply<unknown>;
  /** A kind that makes pods and could not be asked for one of that name. */
  readonly unread: Failure | undefined;
};

/** An object that may not be read must not be called missing, unless another reading of the word was looked up. */
function unreadMaker(
  readings: readonly PodRef[],
  found: readonly Candidates[],
): { readonly ref: PodRef; readonly reply: Failure } | undefined {
  const unread = readings.flatMap((ref, i) => {
    const reply = found[i]?.unread;
    return reply ? [{ ref, reply }] : [];
  });
  return unread.length === readings.length ? unread[0] : undefined;
}

async function candidates(ports: Ports, ref: PodRef, signal: AbortSignal): Promise<Candidates> {
  const pod = await getObject(ports, pods, ref.name, ref.namespace, signal);
  if (pod.ok) return { places: [{ is: 'pod', pod: ref }], pod, unread: undefined };
  const made = await Promise.all(
    makers.map((resource) => getObject(ports, resource, ref.name, ref.namespace, signal)),
  );
  const places = makers
    .filter((_, i) => made[i]?.ok)
    .map((resource): Place => ({ is: 'workload', resource, ...ref }));
  const unread = made.find((reply) => !reply.ok && reply.why !== 'absent');
  return { places, pod, unread: unread && !unread.ok ? unread : undefined };
}

async function nothing(
  ports: Ports,
  word: string,
  { namespace, name }: PodRef,
  signal: AbortSignal,
): Promise<string> {
  const reply = await listObjects(ports, pods, { namespace, limit: 1000 }, signal);
  const there = reply.ok ? reply.value.items : [];
  const hint =
    (await elsewhere(ports, { resource: pods, namespace, name }, signal)) ??
    (there.length > 0
      ? insteadOf({ namespace, name }, there)
      : await emptyNamespace(ports, namespace, 'pods', signal));
  return `no pod or workload "${word}" in namespace ${namespace}, and no such namespace; ${hint}`;
}
