// What is known for judging a destination, with its answers for evidence.
import {
  cite,
  valueOf,
  type Answers,
  type Known as Received,
  type Seen,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { Picture } from '../../../../src/model/linkerd/policy/picture.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { caller, denials, destination, mesh, now, policies, type Input } from '../checks.ts';

export const sees = { destination, caller, policies, mesh, denials, now };
export type Sees = Partial<Answers<typeof sees>>;
export type Known = {
  readonly picture: Picture;
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
  return { picture, about: to.about, policies, seen, isNamed: src !== undefined };
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
