// How `injection` concludes: a pod or workload by itself, a namespace as a whole.
import type { Answer, Found, Judgement } from '../../../src/authoring.ts';
import type { MeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import { selects } from '../../../src/model/kube/labels.ts';
import { isShort } from '../../../src/model/kube/subject.ts';
import { gatesIn } from './judge/namespace.ts';
import { gatesOf } from './judge/pod.ts';
import { refused, refusedIn } from './judge/refused.ts';
import { tell } from './says.ts';
import { subjectOf, type Input, type Running } from '../../shared/kube/subject.ts';
import { viewOf, type Sofar, type View } from './view.ts';

export function refusals(sofar: Sofar, input: Input): readonly Found[] {
  const view = viewOf(sofar, input);
  if (!view) return [];
  if (input.target.is === 'namespace') return refusedIn(view);
  const subject = subjectOf(sofar.pod, input.target);
  return subject && isShort(subject) ? refused(view, subject) : [];
}

/** Both gates: what would become of a new pod, held against what is there now. */
export function gates(sofar: Sofar, input: Input): Judgement {
  const view = viewOf(sofar, input);
  if (!view) return;
  if (input.target.is === 'namespace') return gatesIn(view);
  const subject = subjectOf(sofar.pod, input.target);
  return subject ? gatesOf(view, subject) : notListed(view, sofar.pod, input);
}

/** A kind that is not read, without a pod to read in its place. */
function notListed({ from }: View, running: Running | undefined, { target }: Input): Judgement {
  if (running?.all.kind !== 'known' || target.is !== 'workload') return;
  const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
  const why = 'it has no pods, and what it would make is not read';
  return [tell('undecided', { subject, why }, { from })];
}

/** discoverySelectors are OR-ed; none means every namespace (istio pkg/kube/namespace/filter.go). */
export function discovery(
  got: Answer<MeshConfig>,
  here: Sofar['namespace'],
  input: Input,
): Judgement {
  if (got.kind !== 'known' || here?.kind !== 'known') return;
  const { discoverySelectors: selectors } = got.value;
  const labels = { ...here.value.labels, 'kubernetes.io/metadata.name': here.value.name };
  if (selectors.length === 0 || selectors.some((selector) => selects(selector, labels))) return;
  const about = { revision: input.revision ?? 'default', namespace: here.value.name };
  return [tell('not-discovered', about, { from: [got, here] })];
}
