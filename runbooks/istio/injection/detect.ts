// Whether a pod looks like one for `injection`: it has no proxy, and its namespace or the pod itself asks for one.
import { cite, detector, podText, valueOf } from '../../../src/authoring.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import { injectionKey, revKey } from '../../../src/model/istio/inject/reasons.ts';
import { injectKey } from '../../../src/model/istio/inject/required.ts';
import { nowOf } from '../../../src/model/istio/inject/subject.ts';
import { namespace, type Namespace } from '../../../src/facts/kube/namespace.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';

export const detect = detector({
  asks: 'Does the pod lack a sidecar that it should have?',
  rulesOut: 'a missing sidecar',
  uses: [pod, namespace, workloads],
  gather: (look, { pod: ref }) =>
    Promise.all([
      look(pod, { pod: ref }),
      look(namespace, { name: ref.namespace }),
      look(workloads, { namespace: ref.namespace }),
    ]),
  judge: ([one, here, all]) => {
    if (one.kind !== 'known' || nowOf([one.value]).is !== 'bare') return undefined;
    const text = podText(one.value.ref);
    const asks = askedBy(one.value, valueOf(here));
    if (asks !== undefined) {
      return { says: `${text} has no sidecar, and ${asks} asks for one`, from: cite(one, here) };
    }
    const others = all.kind === 'known' ? neighbours(all.value, one.value) : 0;
    if (others === 0) return undefined;
    const says = `${text} has no sidecar, and ${others} pods beside it have one`;
    return { says, from: cite(one, all) };
  },
});

function askedBy(one: Pod, here: Namespace | undefined): string | undefined {
  const labels = here?.labels ?? {};
  if (labels[injectionKey] === 'enabled') return `its namespace (${injectionKey}=enabled)`;
  if (labels[revKey] !== undefined) return `its namespace (${revKey}=${labels[revKey]})`;
  if (one.labels[injectKey] === 'true') return `its label ${injectKey}=true`;
  return one.annotations[injectKey] === 'true' ? `its annotation ${injectKey}=true` : undefined;
}

function neighbours({ workloads: made, others }: Workloads, one: Pod): number {
  const pods = [...made.flatMap((workload) => workload.pods), ...others];
  return pods.filter((p) => p.ref.name !== one.ref.name && 'proxy' in meshRole(p)).length;
}
