// What the conclusions of `linkerd-policy` depend on: all that is known about the destination.
import {
  cite,
  meshdoc,
  podText,
  valueOf,
  type Answers,
  type Rest,
} from '../../../src/authoring.ts';
import type { Picture } from '../../../src/model/linkerd/policy/picture.ts';
import type { Verdict } from '../../../src/model/linkerd/policy/verdict.ts';
import type { Input } from '../../shared/request.ts';
import { caller, denials, destination, mesh, now, policies } from './checks.ts';

export const sees = { destination, caller, policies, mesh, denials, now };

export type Case = NonNullable<ReturnType<typeof caseOf>>;

export function caseOf({ src, dst }: Input, seen: Partial<Answers<typeof sees>>) {
  const { destination: to, policies } = seen;
  const workload = valueOf(to?.workload);
  if (to?.about.kind !== 'known' || !workload || policies?.kind !== 'known') return undefined;
  const { about, services } = to;
  const picture: Picture = {
    destination: dst,
    pod: about.value,
    workload,
    services: valueOf(services),
    policies: policies.value,
    config: valueOf(seen.mesh)?.config,
    now: Date.parse(policies.evidence.at),
  };
  const { ref: pod } = picture.pod;
  // Checks again, for any caller.
  const again = meshdoc`diagnose linkerd-policy ${podText(pod)}`;
  return { seen, picture, pod, again, about, policies, isNamed: src !== undefined };
}

/** What a finding about one caller cites. */
export function evidenceOf({ policies, about, seen }: Case, verdict: Verdict): Rest['from'] {
  const { visit, server } = verdict;
  const { seen: logged, counted } = visit.subject;
  return cite(
    policies,
    about,
    seen.caller,
    visit.subject.caller && seen.denials?.callers.find(({ ip }) => ip === visit.subject.ip)?.about,
    ...(server.ref.kind === 'default' ? [seen.mesh] : []),
    ...(logged.length > 0 ? [seen.denials?.log, seen.denials?.events] : []),
    ...(counted.length > 0 ? [seen.now] : []),
  );
}
