// What is known for judging a destination, with its answers for evidence.
import {
  cite,
  meshdoc,
  podText,
  valueOf,
  type Answers,
  type Command,
  type Known as Received,
  type PodRef,
  type Seen,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { Picture } from '../../../../src/model/linkerd/policy/picture.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { caller, denials, destination, mesh, now, policies } from '../checks.ts';
import type { Input } from '../../../shared/request.ts';

export const sees = { destination, caller, policies, mesh, denials, now };
type Sees = Partial<Answers<typeof sees>>;
export type Known = {
  readonly picture: Picture;
  /** The pod that is called, and what asks again, whoever calls it. */
  readonly pod: PodRef;
  readonly again: Command;
  readonly about: Received<Pod>;
  readonly policies: Seen;
  readonly seen: Sees;
  /** Whether somebody named the caller. */
  readonly isNamed: boolean;
};

export function knownOf({ src, dst }: Input, seen: Sees): Known | undefined {
  const { destination: to, policies } = seen;
  const workload = valueOf(to?.workload);
  if (to?.about.kind !== 'known' || !workload || policies?.kind !== 'known') return undefined;
  const picture: Picture = {
    destination: dst,
    pod: to.about.value,
    workload,
    services: valueOf(to.services),
    policies: policies.value,
    config: valueOf(seen.mesh)?.config,
    now: Date.parse(policies.evidence.at),
  };
  const { ref: pod } = picture.pod;
  const again = meshdoc`diagnose linkerd-policy ${podText(pod)}`;
  return { picture, pod, again, about: to.about, policies, seen, isNamed: src !== undefined };
}

/** What a finding about one caller cites. */
export function evidenceOf(
  { policies, seen }: Known,
  { visit }: Verdict,
): readonly [Seen, ...Seen[]] {
  const { seen: logged, counted } = visit.subject;
  return cite(
    policies,
    seen.caller,
    ...(logged.length > 0 ? [seen.denials?.log] : []),
    ...(counted.length > 0 ? [seen.now] : []),
  );
}
