// What to type instead of a name that does not exist: the nearest one, else the command that lists the names.
import { near } from '../../core/near.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import { podText, type Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { getObject, listObjects, podRef } from './ask.ts';
import { noTarget } from './kind-words.ts';
import { namespaces, pods } from './kinds.ts';
import { isOwnedBy } from './owned.ts';
import { readPod } from './pod.ts';

/** Of one list: a first page. */
const most = 1000;

/** What was meant by a name that no pod and no workload has, in a list of the pods that are there. */
export function insteadOf(
  { namespace, name }: Omit<Wanted, 'resource'>,
  there: readonly KubeObject[],
): string {
  const made = there.flatMap((item) => readPod(item).workload?.name ?? []);
  const pods = there.map((item) => podText(podRef(item)));
  const otherwise = `kubectl get pods -n ${namespace} lists what is there`;
  return instead(name, made, instead(podText({ namespace, name }), pods, otherwise));
}

/** A word of that shape may still be a namespace with a pod; where it is none, it is an object that has no pods. */
export async function orNoTarget<T extends { readonly is: string }>(
  found: T,
  ports: Ports,
  target: string,
  signal: AbortSignal,
): Promise<T | { readonly is: 'usage'; readonly says: string }> {
  const says = noTarget(target);
  if (says === undefined || (found.is !== 'usage' && found.is !== 'unanswered')) return found;
  const [word = ''] = target.split('/');
  const home = await getObject(ports, namespaces, word, undefined, signal);
  return home.ok ? found : { is: 'usage', says };
}

export function instead(wanted: string, known: readonly string[], otherwise: string): string {
  const close = near(wanted, known);
  return close.length > 0 ? `did you mean ${listed(close)}?` : otherwise;
}

type Wanted = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
};

/** No object of this kind has the name. */
export async function missingOfKind(
  ports: Ports,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<string> {
  const { resource, namespace, name } = wanted;
  const reply = await listObjects(ports, resource, { namespace, limit: most }, signal);
  const names = reply.ok ? reply.value.items.map((item) => item.metadata.name) : [];
  const hint =
    (await elsewhere(ports, wanted, signal)) ??
    (names.length === 0 && reply.ok
      ? await emptyNamespace(ports, namespace, resource.plural, signal)
      : instead(name, names, `kubectl get ${resource.plural} -n ${namespace} lists what is there`));
  return `no ${resource.kind} "${name}" in namespace ${namespace}; ${hint}`;
}

/**
 * It may be in another namespace: asked only when it was not found, with one question. Who may not list them all is told
 * nothing, and a first page without it says nothing.
 */
export async function elsewhere(
  ports: Ports,
  { resource, namespace, name }: Wanted,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isPod = resource === pods;
  const fields = isPod ? {} : { fields: `metadata.name=${name}` };
  const reply = await listObjects(ports, resource, { limit: most, ...fields }, signal);
  if (!reply.ok) return undefined;
  const fits = (item: KubeObject) =>
    item.metadata.name === name || (isPod && isOwnedBy(item, name));
  const found = reply.value.items.filter(fits).flatMap((item) => item.metadata.namespace ?? []);
  const others = [...new Set(found)].filter((one) => one !== namespace).sort();
  const word = isPod ? name : `${resource.kind.toLowerCase()}/${name}`;
  return others.length === 0
    ? undefined
    : `${name} is in ${listed(others)}: ${others
        .slice(0, 3)
        .map((one) => `${word}.${one}`)
        .join(' or ')}`;
}

/** Nothing of a kind is there: perhaps it is the namespace that was mistyped. */
export async function emptyNamespace(
  ports: Ports,
  namespace: string,
  plural: string,
  signal: AbortSignal,
): Promise<string> {
  const reply = await getObject(ports, namespaces, namespace, undefined, signal);
  if (reply.ok || reply.why !== 'absent')
    return `namespace ${namespace} has no ${plural}; name another with -n`;
  return `there is no namespace ${namespace}; ${await otherNamespaces(ports, namespace, signal)}`;
}

export async function otherNamespaces(
  ports: Ports,
  wanted: string,
  signal: AbortSignal,
): Promise<string> {
  const all = await listObjects(ports, namespaces, {}, signal);
  const names = all.ok ? all.value.items.map((item) => item.metadata.name) : [];
  return instead(wanted, names, 'kubectl get namespaces lists them');
}
