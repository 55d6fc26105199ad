// Whether a pod looks like one for `linkerd-injection`: it has no proxy, and its namespace or the pod itself asks for one.
import { cite, detector, type Answer } from '../../../src/authoring.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';
import { annotated } from '../../../src/facts/linkerd/inject/facts.ts';
import { startOf } from '../../../src/model/linkerd/inject/start.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import { injectAnnotation, linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';

type Got = {
  readonly one: Answer<Pod>;
  readonly here: Answer<Namespace>;
  readonly all: Answer<Workloads>;
};

export const detect = detector({
  asks: 'Does the pod lack a Linkerd proxy that it should have?',
  rulesOut: 'a missing Linkerd proxy',
  uses: [pod, annotated, workloads],
  gather: async (look, { pod: ref }): Promise<Got> => {
    const [one, here, all] = await Promise.all([
      look(pod, { pod: ref }),
      look(annotated, { name: ref.namespace }),
      look(workloads, { namespace: ref.namespace }),
    ]);
    return { one, here, all };
  },
  judge: ({ one, here, all }) => {
    if (one.kind !== 'known') return undefined;
    const text = `${one.value.ref.namespace}/${one.value.ref.name}`;
    const start = startOf(one.value).is;
    if (start === 'init-fails' || start === 'validator-fails' || start === 'stuck') {
      return { says: `${text} has a Linkerd proxy that never starts`, from: [one] };
    }
    if (nowOf([one.value]).is !== 'bare') return undefined;
    const asks = askedBy(one.value, here.kind === 'known' ? here.value : undefined);
    if (asks !== undefined) {
      const says = `${text} has no Linkerd proxy, and ${asks} asks for one`;
      return { says, from: cite(one, here) };
    }
    const others = all.kind === 'known' ? neighbours(all.value, one.value) : 0;
    const says = `${text} has no Linkerd proxy, and ${others} pods beside it have one`;
    return others === 0 ? undefined : { says, from: cite(one, all) };
  },
});

function askedBy(one: Pod, here: Namespace | undefined): string | undefined {
  const asks = (value: string | undefined) => value !== undefined && value !== 'disabled';
  if (asks(one.annotations[injectAnnotation])) return 'its annotation';
  if (one.annotations[injectAnnotation] === 'disabled') return undefined;
  if (asks(here?.annotations[injectAnnotation])) return "its namespace's annotation";
  if (asks(here?.labels[injectAnnotation])) return "its namespace's label";
  return asks(one.labels[injectAnnotation]) ? 'its label' : undefined;
}

function neighbours({ workloads: made, others }: Workloads, one: Pod): number {
  const pods = [...made.flatMap((workload) => workload.pods), ...others];
  return pods.filter((p) => p.ref.name !== one.ref.name && linkerdRole(p).is === 'meshed').length;
}
