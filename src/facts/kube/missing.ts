// What to type instead of a name that does not exist: the nearest one, else what lists those there are.
import { near } from '../../core/near.ts';
import type { Ports } from '../../core/ports.ts';
import type { Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { getObject, listObjects } from './ask.ts';
import { namespaces } from './kinds.ts';

export function instead(wanted: string, known: readonly string[], otherwise: string): string {
  const close = near(wanted, known);
  return close.length > 0 ? `did you mean ${listed(close)}?` : otherwise;
}

/** No object of this kind has the name. */
export async function missingOfKind(
  ports: Ports,
  wanted: { readonly resource: Resource; readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const { resource, namespace, name } = wanted;
  const reply = await listObjects(ports, resource, { namespace, limit: 1000 }, signal);
  const names = reply.ok ? reply.value.items.map((item) => item.metadata.name) : [];
  const hint =
    names.length === 0 && reply.ok
      ? await emptyNamespace(ports, namespace, resource.plural, signal)
      : instead(name, names, `kubectl get ${resource.plural} -n ${namespace} lists what is there`);
  return `no ${resource.kind} "${name}" in namespace ${namespace}; ${hint}`;
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
