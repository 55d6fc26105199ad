// How `linkerd-policy` concludes from what was gathered: which policy decides about the requests of each caller.
import {
  clear,
  inspect,
  kubectl,
  listed,
  skip,
  valueOf,
  type Answer,
  type Clear,
  type Found,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { denialText } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { asIdentity } from '../../../src/model/linkerd/policy/caller.ts';
import { decide, isTcp, type Outcome } from '../../../src/model/linkerd/policy/decide.ts';
import { readRequest } from '../../../src/model/linkerd/policy/given.ts';
import { arrivalsOf, sceneOf, type Picture } from '../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import { portServer } from '../../../src/model/linkerd/policy/server.ts';
import type { Ref } from '../../../src/model/linkerd/policy/types.ts';
import {
  deniesNow,
  isClosed,
  verdictOf,
  type Verdict,
} from '../../../src/model/linkerd/policy/verdict.ts';
import { deniedVisits, namedVisits } from '../../../src/model/linkerd/policy/visits.ts';
import { again, requestOf } from './case.ts';
import { ask } from './checks.ts';
import type { Input } from '../../shared/request.ts';
import { readAll } from './fixes.ts';
import { evidenceOf, knownOf, sees, type Known } from './judge/known.ts';
import { advice, counted } from './judge/others.ts';
import { refused } from './judge/refused.ts';
import { tell } from './says.ts';
import { requestText, seenText } from './words.ts';

export const decision = ask({
  id: 'decision',
  asks: 'Which policy decides?',
  why: 'By the rules of the policy controller and the proxy: a route first, then any one authorization.',
  rulesOut: 'a denial by policy',
  uses: [],
  sees,
  judge: (_, seen, input) => {
    const known = knownOf(input, seen);
    if (!known) return skip('the destination or its policies are not known');
    const all = verdictsOf(known, input);
    const closed = known.isNamed ? [] : closedPorts(known.picture, all);
    const found = [
      ...[...all, ...closed].flatMap((verdict) => told(known, verdict)),
      ...counted(known, all),
      ...advice(known, all),
    ];
    return found.length === 0 && known.isNamed ? clearOf(all) : found;
  },
});

function verdictsOf({ picture, seen: { caller, denials, now }, isNamed }: Known, input: Input) {
  const counters = valueOf(now);
  const seen = {
    log: valueOf(denials?.log),
    counted: counters?.is === 'counted' ? counters.all : undefined,
  };
  const visits = isNamed
    ? namedVisits(picture, valueOf(caller), seen)
    : deniedVisits(picture, podsByIp(denials?.callers ?? []), seen);
  const request = readRequest(input);
  return visits.map((visit) => verdictOf(picture, visit, request));
}

function podsByIp(
  callers: readonly { readonly ip: string; readonly about: Answer<Pod> }[],
): ReadonlyMap<string, Pod> {
  const known = callers.flatMap(({ ip, about }) =>
    about.kind === 'known' ? [[ip, about.value] as const] : [],
  );
  return new Map(known);
}

/** Ports that let nobody in at all, where nobody is named and nobody was logged. */
function closedPorts(picture: Picture, all: readonly Verdict[]): readonly Verdict[] {
  const scene = sceneOf(picture);
  const told = new Set(all.map(({ visit }) => visit.arrival.port));
  const subject = {
    caller: undefined,
    identity: { is: 'unknown' as const },
    ip: undefined,
    seen: [],
    counted: [],
  };
  return arrivalsOf(picture)
    .filter(({ port }) => !told.has(port) && isClosed(portServer(scene, port)))
    .map((arrival) => verdictOf(picture, { arrival, subject }, { headers: {} }));
}

/** What becomes of the requests of one caller at one port. */
function told(known: Known, verdict: Verdict): readonly Found[] {
  const { is } = verdict;
  switch (is.is) {
    case 'denied':
    case 'no-route':
      return [refused(known, verdict, is)];
    case 'allowed':
      return allowed(known, verdict, is.by.ref);
    case 'past-proxy':
      return known.isNamed ? [pastProxy(known, verdict)] : [];
    case 'unknown':
      return known.isNamed ? unknown(known, verdict, is.mayBe) : [];
  }
}

function allowed(known: Known, verdict: Verdict, by: Ref): readonly Found[] {
  const { picture, isNamed } = known;
  const { visit } = verdict;
  const slots = requestOf(picture, verdict);
  const from = evidenceOf(known, verdict);
  if (!deniesNow(picture, visit)) {
    const isAudit = by.kind === 'default' && by.name === 'audit';
    return isNamed && isAudit ? [tell('audit-only', slots, { from })] : [];
  }
  const [denial] = visit.subject.seen;
  const line = denial ? denialText(denial) : 'its counter of denials grows';
  const c = { pod: slots.pod, again: again(picture, verdict) };
  const controlPlane = kubectl`get pods -n ${sceneOf(picture).cluster.controlPlane}`;
  return [
    tell(
      'denies-otherwise',
      { ...slots, line },
      {
        from,
        sure: false,
        reach: seenText(visit),
        fixes: [
          inspect('See whether the policy controller is up', controlPlane, c.again),
          readAll(c),
        ],
      },
    ),
  ];
}

function pastProxy({ picture, about }: Known, verdict: Verdict): Found {
  const { pod, port } = requestOf(picture, verdict);
  return tell('past-proxy', { pod, port }, { from: [about] });
}

/** What is not known of the request; a caller that could not be read is a gap already. */
function unknown(known: Known, verdict: Verdict, mayBe: readonly Outcome[]): readonly Found[] {
  if (!valueOf(known.seen.caller)) return [];
  const { request, server, visit } = verdict;
  const { path, method } = request;
  const who = { identity: asIdentity(visit.subject.identity), ip: visit.subject.ip };
  const byAddress = who.ip === undefined && decide(server, who, request).is === 'unknown';
  const open = [
    ...(path === undefined && !isTcp(server) ? ['the path'] : []),
    ...(method === undefined && !isTcp(server) ? ['the method'] : []),
    ...(path !== undefined && method !== undefined ? ['its headers or host'] : []),
  ];
  const ways = Object.entries({ allowed: 'allowed', denied: 'denied', 'no-route': 'answered 404' })
    .filter(([is]) => mayBe.some((one) => one.is === is))
    .map(([, text]) => text);
  const slots = {
    ...requestOf(known.picture, verdict),
    what: byAddress && open.length === 0 ? "the caller's address" : listed(open),
    options: `By what is known it may be ${ways.join(' or ')}. Say more with --path, --method and --header.`,
  };
  return [tell('hangs-on', slots, { from: evidenceOf(known, verdict) })];
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
