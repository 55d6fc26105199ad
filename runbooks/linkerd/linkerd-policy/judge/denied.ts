// How `linkerd-policy` words what becomes of one caller's requests: which policy decides, and which mistake it is.
import { listed, valueOf } from '../../../../src/authoring.ts';
import type { Beside } from '../../../../src/model/linkerd/policy/beside.ts';
import { closest } from '../words.ts';
import { decide, isTcp, type Outcome } from '../../../../src/model/linkerd/policy/decide.ts';
import { asIdentity } from '../../../../src/model/linkerd/policy/caller.ts';
import { denialText } from '../../../../src/facts/linkerd/policy/denial-log.ts';
import { refText } from '../../../../src/model/linkerd/policy/refs.ts';
import { sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { defaultPolicyAt } from '../../../../src/model/linkerd/policy/server.ts';
import { deniesNow, type Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { adminPortOf } from '../../../../src/model/linkerd/mesh-pod.ts';
import { routesText } from '../words.ts';
import { evidenceOf, type Known, type PolicySay } from '../judge.ts';
import { closestSlots, meantSlots, originText, requestSlots } from '../slots.ts';

type Denied = Extract<Outcome, { is: 'denied' }>;

export function sayVerdict(say: PolicySay, known: Known, verdict: Verdict, isNamed: boolean): void {
  const { is } = verdict;
  switch (is.is) {
    case 'denied':
      return sayDenied(say, known, verdict, is);
    case 'no-route':
      return sayNoRoute(say, known, verdict);
    case 'allowed':
      return sayAllowed(say, known, verdict, isNamed);
    case 'past-proxy':
      return isNamed ? sayPastProxy(say, known, verdict) : undefined;
    case 'unknown':
      return isNamed ? sayUnknown(say, known, verdict, is.mayBe) : undefined;
  }
}

function sayer(say: PolicySay, { sure }: Verdict): PolicySay {
  return sure ? say : (say.likely as PolicySay);
}

function sayDenied(say: PolicySay, known: Known, verdict: Verdict, denied: Denied): void {
  const { picture } = known;
  const from = evidenceOf(known, verdict);
  const slots = {
    ...requestSlots(picture, verdict),
    ...closestSlots(picture, denied.tried),
  };
  const tell = sayer(say, verdict);
  const [meant] = verdict.meant;
  if (meant) return sayMeant(say, known, verdict, meant);
  if (verdict.visit.arrival.port === adminPortOf(picture.pod)) {
    tell('admin-denied', slots, ...from);
    return;
  }
  const nearest = closest(denied.tried);
  const [voided] = verdict.void;
  if (voided && denied.tried.length === 0) {
    // For whom it was meant nobody can tell.
    say.likely('void-policy', { ...slots, ...meantSlots(voided) }, ...from);
    return;
  }
  if (verdict.server.ref.kind === 'default') return sayByDefault(say, known, verdict, denied);
  if (!nearest) {
    const route = denied.route && denied.route.kind !== 'default' ? denied.route : undefined;
    if (route) tell('route-not-authorized', { ...slots, route: refText(route) }, ...from);
    else tell('no-authorization', slots, ...from);
    return;
  }
  sayNearest(say, known, verdict, denied);
}

function sayByDefault(say: PolicySay, known: Known, verdict: Verdict, denied: Denied): void {
  const tell = sayer(say, verdict);
  const { picture } = known;
  const { identity } = verdict.visit.subject;
  const policy = defaultPolicyAt(sceneOf(picture), verdict.visit.arrival.port);
  if (identity.is === 'none' && policy.endsWith('-authenticated')) {
    return sayNearest(say, known, verdict, denied);
  }
  const origin = originText(picture, verdict.visit.arrival.port);
  const slots = {
    ...requestSlots(picture, verdict),
    ...closestSlots(picture, denied.tried),
    origin,
  };
  tell('default-denies', slots, ...evidenceOf(known, verdict));
}

/** Who has the caller's address could not be asked; that nobody has it is known. */
function isUnread({ sofar }: Known, { visit: { subject } }: Verdict): boolean {
  const callers = sofar.denials?.callers ?? [];
  return callers.some(({ ip, about }) => ip === subject.ip && about.kind === 'unknown');
}

function sayNearest(say: PolicySay, known: Known, verdict: Verdict, denied: Denied): void {
  const tell = sayer(say, verdict);
  const { picture } = known;
  const from = evidenceOf(known, verdict);
  const slots = { ...requestSlots(picture, verdict), ...closestSlots(picture, denied.tried) };
  const fails = closest(denied.tried)?.fails ?? [];
  const { identity, caller } = verdict.visit.subject;
  if (fails.some(({ is }) => is === 'no-identity') && identity.is === 'none') {
    const bare = identity.because.is === 'no-proxy' && caller !== undefined;
    if (bare) tell('caller-not-meshed', slots, ...from);
    // Why it comes without an identity its pod would tell.
    else if (isUnread(known, verdict)) say.likely('caller-plaintext', slots, ...from);
    else tell('caller-plaintext', slots, ...from);
    return;
  }
  if (fails.every(({ is }) => is === 'network')) tell('network-not-allowed', slots, ...from);
  else tell('identity-not-allowed', slots, ...from);
}

function sayMeant(say: PolicySay, known: Known, verdict: Verdict, meant: Beside): void {
  const tell = sayer(say, verdict);
  const { picture } = known;
  const from = evidenceOf(known, verdict);
  const slots = { ...requestSlots(picture, verdict), ...meantSlots(meant) };
  switch (meant.why.is) {
    case 'no-server':
    case 'unsupported':
      tell('dangling-target', slots, ...from);
      return;
    case 'other-namespace':
      tell('wrong-namespace', slots, ...from);
      return;
    case 'shadowed':
      tell('server-shadowed', slots, ...from);
      return;
    case 'port-name': {
      const own = { ...slots, serverName: meant.why.server, portName: meant.why.port };
      // Which port the name was for is not written anywhere.
      say.likely('port-name', own, ...from);
      return;
    }
    case 'no-route':
    case 'route-refused':
    case 'route-on-tcp':
      tell('route-not-in-force', slots, ...from);
      return;
    case 'void':
      tell('void-policy', { ...slots, closest: '' }, ...from);
  }
}

function sayNoRoute(say: PolicySay, known: Known, verdict: Verdict): void {
  const { server } = verdict;
  const routes = routesText(server.routes.map(({ ref }) => ref));
  const slots = { ...requestSlots(known.picture, verdict), routes };
  sayer(say, verdict)('no-route', slots, ...evidenceOf(known, verdict));
}

function sayAllowed(say: PolicySay, known: Known, verdict: Verdict, isNamed: boolean): void {
  const { picture } = known;
  const from = evidenceOf(known, verdict);
  const slots = requestSlots(picture, verdict);
  const { subject } = verdict.visit;
  if (deniesNow(picture, verdict.visit)) {
    const [line] = subject.seen;
    const said = line ? denialText(line) : 'its counter of denials grows';
    say.likely('denies-otherwise', { ...slots, line: said }, ...from);
    return;
  }
  const by = verdict.is.is === 'allowed' ? verdict.is.by.ref : undefined;
  if (isNamed && by?.kind === 'default' && by.name === 'audit') say('audit-only', slots, ...from);
}

function sayPastProxy(say: PolicySay, known: Known, verdict: Verdict): void {
  const { pod, port } = requestSlots(known.picture, verdict);
  const about = known.sofar.destination?.about;
  if (about?.kind === 'known') say('past-proxy', { pod, port }, about);
}

/** What is not known of the request; a caller that could not be read is a gap already. */
function sayUnknown(
  say: PolicySay,
  known: Known,
  verdict: Verdict,
  mayBe: readonly Outcome[],
): void {
  const { picture, sofar } = known;
  const caller = valueOf(sofar.caller);
  if (!caller) return;
  const { request, server, visit } = verdict;
  const who = { identity: asIdentity(visit.subject.identity), ip: visit.subject.ip };
  const byAddress = who.ip === undefined && decide(server, who, request).is === 'unknown';
  const open = [
    ...(request.path === undefined && !isTcp(server) ? ['the path'] : []),
    ...(request.method === undefined && !isTcp(server) ? ['the method'] : []),
    ...(request.path !== undefined && request.method !== undefined ? ['its headers or host'] : []),
  ];
  const kinds = new Set(mayBe.map(({ is }) => is));
  const ways = [
    ...(kinds.has('allowed') ? ['allowed'] : []),
    ...(kinds.has('denied') ? ['denied'] : []),
    ...(kinds.has('no-route') ? ['answered 404'] : []),
  ];
  const slots = {
    ...requestSlots(picture, verdict),
    what: byAddress && open.length === 0 ? "the caller's address" : listed(open),
    options: `By what is known it may be ${ways.join(' or ')}. Say more with --path, --method and --header.`,
  };
  say('hangs-on', slots, ...evidenceOf(known, verdict));
}
