// How `linkerd-policy` concludes from what it gathered: pure functions.
import {
  cite,
  clear,
  skip,
  stop,
  podText,
  valueOf,
  type Answer,
  type Clear,
  type Destination,
  type MeshChoice,
  type PodRef,
  type Say,
  type Seen as SeenAnswer,
  type Skip,
} from '../../../src/authoring.ts';
import type { ServiceOfPod } from '../../../src/model/kube/services.ts';
import type { LinkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import type { AuthzCounters } from '../../../src/facts/linkerd/policy/counters.ts';
import type { Denials } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { readRequest } from '../../../src/model/linkerd/policy/given.ts';
import type { Policies } from '../../../src/facts/linkerd/policy/objects.ts';
import type { Picture } from '../../../src/model/linkerd/policy/picture.ts';
import type { Workload } from '../../../src/model/linkerd/policy/types.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import { verdictOf, type Verdict } from '../../../src/model/linkerd/policy/verdict.ts';
import { deniedVisits, namedVisits, type Seen } from '../../../src/model/linkerd/policy/visits.ts';
import { requestText } from './words.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Findings } from './says.ts';
import { sayAdvice, sayAnyone, sayCounted } from './judge/others.ts';
import { sayVerdict } from './judge/denied.ts';

export type PolicySay = Say<Findings>;
export type Input = MeshChoice & {
  readonly src: PodRef | undefined;
  readonly dst: Destination;
  readonly path: string | undefined;
  readonly method: string | undefined;
  readonly header: readonly string[];
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly destination?: {
    readonly about: Answer<Pod>;
    readonly workload: Answer<Workload>;
    readonly services: Answer<readonly ServiceOfPod[]>;
  };
  readonly caller?: Answer<Pod> | undefined;
  readonly mesh?: Answer<LinkerdControlPlane>;
  readonly policies?: Answer<Policies>;
  readonly denials?: {
    readonly log: Answer<readonly Denials[]>;
    readonly callers: readonly { readonly ip: string; readonly about: Answer<Pod> }[];
  };
  readonly now?: Answer<AuthzCounters>;
};
/** Everything judged, with its answers for evidence. */
export type Known = {
  readonly picture: Picture;
  readonly policies: SeenAnswer;
  readonly sofar: Sofar;
};

export function destination(
  { about }: { readonly about: Answer<Pod> },
  say: PolicySay,
  { dst }: Input,
): void | typeof stop {
  if (about.kind !== 'known') return;
  const role = linkerdRole(about.value);
  if (role.is !== 'none' && role.proxy) return;
  say('no-proxy', { pod: podText(dst.pod) }, about);
  return stop;
}

export function decision(
  _: unknown,
  say: PolicySay,
  input: Input,
  sofar: Sofar,
): Clear | Skip | undefined {
  const known = knownOf(input, sofar);
  if (!known) return skip('the destination or its policies are not known');
  const { picture } = known;
  const seen = seenOf(sofar);
  const caller = valueOf(sofar.caller);
  const visits = input.src
    ? namedVisits(picture, caller, seen)
    : deniedVisits(picture, callersOf(sofar), seen);
  const request = readRequest(input);
  const all = visits.map((visit) => verdictOf(picture, visit, request));
  for (const verdict of all) sayVerdict(say, known, verdict, input.src !== undefined);
  if (!input.src) sayAnyone(say, known, all);
  sayCounted(say, known, all);
  sayAdvice(say, known, all);
  return input.src ? clearOf(all) : undefined;
}

function knownOf({ dst }: Input, sofar: Sofar): Known | undefined {
  const { destination: to, policies } = sofar;
  const pod = valueOf(to?.about);
  const workload = valueOf(to?.workload);
  if (!pod || !workload || policies?.kind !== 'known') return undefined;
  const picture: Picture = {
    destination: dst,
    pod,
    workload,
    services: valueOf(to?.services),
    policies: policies.value,
    config: valueOf(sofar.mesh)?.config,
    now: Date.parse(policies.evidence.at),
  };
  return { picture, policies, sofar };
}

function seenOf({ denials, now }: Sofar): Seen {
  const counters = valueOf(now);
  return {
    log: valueOf(denials?.log),
    counted: counters?.is === 'counted' ? counters.all : undefined,
  };
}

function callersOf({ denials }: Sofar): ReadonlyMap<string, Pod> {
  const pairs = (denials?.callers ?? []).flatMap(({ ip, about }) => {
    const pod = valueOf(about);
    return pod ? [[ip, pod] as const] : [];
  });
  return new Map(pairs);
}

/** By what a request is let through, for one who asked. */
function clearOf(all: readonly Verdict[]): Clear | undefined {
  const [first] = all;
  if (!first || !all.every(({ is, sure }) => is.is === 'allowed' && sure)) return undefined;
  if (first.is.is !== 'allowed') return undefined;
  const by = refText(first.is.by.ref).replace(/^./, (c) => c.toUpperCase());
  const request = requestText(first.request, first.visit.arrival.port);
  return clear(`${by} lets it through (${request}).`);
}

/** What a finding about one caller cites. */
export function evidenceOf(
  { policies, sofar }: Known,
  { visit }: Verdict,
): readonly [SeenAnswer, ...SeenAnswer[]] {
  const { seen, counted } = visit.subject;
  return cite(
    policies,
    sofar.caller,
    ...(seen.length > 0 ? [sofar.denials?.log] : []),
    ...(counted.length > 0 ? [sofar.now] : []),
  );
}
