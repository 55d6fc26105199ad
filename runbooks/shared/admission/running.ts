// What runs now and in which namespace. What has no proxy by design ends the diagnosis here.
import { check, stop, type Found, type Known } from '../../../src/authoring.ts';
import type { namespace } from '../../../src/facts/kube/namespace.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { workloads } from '../../../src/facts/kube/workloads.ts';
import { namespaceOf, subjectOf, type Input, type Running } from '../kube/subject.ts';
import type { Tell } from './says.ts';

/** What pods are to a mesh. */
type Now = { readonly is: string; readonly pod?: Pod; readonly what?: string };
type Case<N> = {
  readonly now: N;
  readonly about: { readonly subject: string };
  readonly rest: { readonly from: readonly [Known<unknown>] };
};

type Asking<N> = {
  readonly why: string;
  readonly rulesOut: string;
  readonly tell: Tell;
  readonly nowOf: (pods: readonly Pod[]) => N;
  /** What else a mesh does not inject by design. */
  readonly beside?: (a: Case<N>) => Found | undefined;
};

export function runningOf<N extends Now>({ why, rulesOut, tell, nowOf, beside }: Asking<N>) {
  return check<Input>()({
    id: 'pod',
    asks: 'What runs now, and from which template?',
    why,
    rulesOut,
    uses: [pod, workloads],
    gather: async (look, { target }): Promise<Running> => {
      const [one, all] = await Promise.all([
        target.is === 'pod' ? look(pod, { pod: target.pod }) : undefined,
        look(workloads, { namespace: namespaceOf(target) }),
      ]);
      return { pod: one, all };
    },
    judge: (got, _, { target }) => {
      const subject = subjectOf(got, target);
      const first = target.is === 'pod' ? got.pod : got.all;
      if (!subject || first?.kind !== 'known') return;
      const now = nowOf(subject.pods);
      const one = { now, about: { subject: subject.text }, rest: { from: [first] } } as const;
      const found = byDesign(tell, one) ?? beside?.(one);
      return found && [found, stop];
    },
  });
}

/** `here` is the fact that shows what the mesh reads of a namespace. */
export function namespaceAsks(here: typeof namespace, why: string) {
  return check<Input>()({
    id: 'namespace',
    asks: 'What does its namespace ask for?',
    why,
    uses: [here],
    gather: (look, { target }) => look(here, { name: namespaceOf(target) }),
  });
}

function byDesign(tell: Tell, { now, about, rest }: Case<Now>): Found | undefined {
  switch (now.is) {
    case 'static':
      return tell('static-pod', about, rest);
    case 'mesh-part':
      return tell('mesh-part', { ...about, what: now.what }, rest);
    case 'ended':
      return tell('ended', { ...about, phase: now.pod?.phase, next: nextText(now.pod) }, rest);
    default:
      return undefined;
  }
}

/** A Job that has finished makes no more pods (kubernetes pkg/controller/job). */
function nextText(pod: Pod | undefined): string {
  return pod?.workload?.kind === 'Job'
    ? 'A finished Job makes no more pods: injection is decided again when the Job is created again.'
    : 'Injection is decided again when its next pod is created.';
}
