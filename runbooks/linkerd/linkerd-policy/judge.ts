// How `linkerd-policy` concludes from what was gathered: which policy decides about the requests of each caller.
import {
  clear,
  inspect,
  kubectl,
  skip,
  valueOf,
  type Clear,
  type Found,
} from '../../../src/authoring.ts';
import { denialText } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { readRequest } from '../../../src/model/linkerd/policy/given.ts';
import { arrivalsOf, sceneOf } from '../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import { portServer } from '../../../src/model/linkerd/policy/server.ts';
import type { Ref } from '../../../src/model/linkerd/policy/types.ts';
import {
  deniedEarlier,
  deniesNow,
  isClosed,
  verdictOf,
  type Subject,
  type Verdict,
} from '../../../src/model/linkerd/policy/verdict.ts';
import { deniedVisits, namedVisits } from '../../../src/model/linkerd/policy/visits.ts';
import type { Input } from '../../shared/request.ts';
import { caseOf, evidenceOf, sees, type Case } from './case.ts';
import { ask } from './checks.ts';
import { readAll } from './fixes.ts';
import { advice, counted, labels } from './judge/others.ts';
import { refused } from './judge/refused.ts';
import { unknown } from './judge/unknown.ts';
import { againOf, requestOf } from './request.ts';
import { tell } from './says.ts';
import { requestText, seenText, upperFirst } from './words.ts';

export const decision = ask({
  id: 'decision',
  asks: 'Which policy decides?',
  why: 'By the rules of the policy controller and the proxy: first a route, then any one authorization.',
  rulesOut: 'a denial by an inbound policy',
  uses: [],
  sees,
  judge: (_, seen, input) => {
    if (input.dst.outside) return skip('the host is outside the cluster');
    const c = caseOf(input, seen);
    if (!c) return skip('the destination or its policies are not known');
    const all = verdictsOf(c, input);
    const closed = c.isNamed ? [] : closedPorts(c, all);
    const found = [
      ...[...all, ...closed].flatMap((verdict) => told(c, verdict)),
      ...counted(c, all),
      ...advice(c, all),
      ...labels(c, all),
    ];
    return found.length === 0 && c.isNamed ? clearOf(all) : found;
  },
});

function verdictsOf({ picture, seen, isNamed }: Case, input: Input): readonly Verdict[] {
  const { caller, denials } = seen;
  const counters = valueOf(seen.now);
  const proxy = {
    log: valueOf(denials?.log),
    counted: counters?.is === 'counted' ? counters.all : undefined,
  };
  const callers = (denials?.callers ?? []).flatMap(({ ip, about }) => {
    const pod = valueOf(about);
    return pod ? [[ip, pod] as const] : [];
  });
  const visits = isNamed
    ? namedVisits(picture, valueOf(caller), proxy)
    : deniedVisits(picture, new Map(callers), proxy);
  const request = readRequest(input);
  return visits.map((visit) => verdictOf(picture, visit, request));
}

const anybody: Subject = {
  ...{ caller: undefined, identity: { is: 'unknown' }, ip: undefined },
  ...{ seen: [], counted: [] },
};

/** Ports that allow nobody at all; for when no caller is named and none was logged. */
function closedPorts({ picture }: Case, all: readonly Verdict[]): readonly Verdict[] {
  const told = new Set(all.map(({ visit }) => visit.arrival.port));
  return arrivalsOf(picture)
    .filter(({ port }) => !told.has(port) && isClosed(portServer(sceneOf(picture), port)))
    .map((arrival) => verdictOf(picture, { arrival, subject: anybody }, { headers: {} }));
}

/** What happens to the requests of one caller on one port. */
function told(c: Case, verdict: Verdict): readonly Found[] {
  const { is } = verdict;
  switch (is.is) {
    case 'denied':
    case 'no-route':
      return [refused(c, verdict, is)];
    case 'allowed':
      return allowed(c, verdict, is.by.ref);
    case 'past-proxy': {
      const { pod, port } = requestOf(c.picture, verdict);
      return c.isNamed ? [tell('past-proxy', { pod, port }, { from: [c.about] })] : [];
    }
    case 'unknown':
      return c.isNamed ? unknown(c, verdict, is) : [];
  }
}

function allowed(c: Case, verdict: Verdict, by: Ref): readonly Found[] {
  const { picture, isNamed, pod } = c;
  const { visit } = verdict;
  const slots = requestOf(c.picture, verdict);
  const from = evidenceOf(c, verdict);
  if (!deniesNow(picture, visit)) {
    const earlier = deniedEarlier(picture, verdict);
    if (earlier && isNamed) {
      const fixes = [readAll({ pod, again: againOf(picture, verdict) })];
      return [tell('denied-earlier', { ...slots, line: denialText(earlier) }, { from, fixes })];
    }
    const isAudit = by.kind === 'default' && by.name === 'audit';
    return isNamed && isAudit ? [tell('audit-only', slots, { from })] : [];
  }
  const [denial] = visit.subject.seen;
  const line = denial ? denialText(denial) : 'its counter of denials grows';
  const again = againOf(picture, verdict);
  const controlPlane = kubectl`get pods -n ${sceneOf(picture).cluster.controlPlane}`;
  const see = inspect('Check whether the policy controller runs', controlPlane, again);
  const fixes = [see, readAll({ pod, again })];
  const rest = { from, sure: false, reach: seenText(visit), fixes };
  return [tell('denies-otherwise', { ...slots, line }, rest)];
}

/** Which policy allows the request, if a caller was named. */
function clearOf(all: readonly Verdict[]): Clear | undefined {
  const [first] = all;
  if (first?.is.is !== 'allowed') return undefined;
  if (!all.every(({ is, sure }) => is.is === 'allowed' && sure)) return undefined;
  const request = requestText(first.request, first.visit.arrival.port);
  return clear(`${upperFirst(refText(first.is.by.ref))} allows it (${request}).`);
}
