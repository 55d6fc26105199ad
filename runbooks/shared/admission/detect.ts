// Whether a pod is one for an injection runbook: it has no proxy, and its namespace or the pod itself asks for one.
import { cite, count, detector, podText, valueOf } from '../../../src/authoring.ts';
import type { namespace, Namespace } from '../../../src/facts/kube/namespace.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';

type Looking = {
  /** "Linkerd proxy". */
  readonly proxy: string;
  /** Asks for the namespace. */
  readonly here: typeof namespace;
  readonly nowOf: (pods: readonly Pod[]) => { readonly is: string };
  /** Who asks for a proxy: "its label". */
  readonly askedBy: (one: Pod, here: Namespace | undefined) => string | undefined;
  readonly hasProxy: (one: Pod) => boolean;
  /** A proxy that is there but does not work, as a clause. */
  readonly trouble?: (one: Pod) => string | undefined;
};

export function detectorOf({ proxy, here, nowOf, askedBy, hasProxy, trouble }: Looking) {
  return detector({
    asks: `Does the pod lack a ${proxy} that it should have?`,
    rulesOut: `a missing ${proxy}`,
    uses: [pod, here, workloads],
    gather: (look, { pod: ref }) =>
      Promise.all([
        look(pod, { pod: ref }),
        look(here, { name: ref.namespace }),
        look(workloads, { namespace: ref.namespace }),
      ]),
    judge: ([one, itsNamespace, all]) => {
      if (one.kind !== 'known') return undefined;
      const text = podText(one.value.ref);
      const wrong = trouble?.(one.value);
      if (wrong !== undefined) return { says: `${text} ${wrong}`, from: [one] };
      if (nowOf([one.value]).is !== 'bare') return undefined;
      const asks = askedBy(one.value, valueOf(itsNamespace));
      if (asks !== undefined) {
        const says = `${text} has no ${proxy}, although ${asks} asks for one`;
        return { says, from: cite(one, itsNamespace) };
      }
      const others = neighbours(valueOf(all), one.value).filter(hasProxy).length;
      const says = `${text} has no ${proxy}, but its namespace has ${count(others, 'pod')} with one`;
      return others === 0 ? undefined : { says, from: cite(one, all) };
    },
  });
}

function neighbours(all: Workloads | undefined, one: Pod): readonly Pod[] {
  const made = all?.workloads.flatMap(({ pods }) => pods) ?? [];
  return [...made, ...(all?.others ?? [])].filter(({ ref }) => ref.name !== one.ref.name);
}
