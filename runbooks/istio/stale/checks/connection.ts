// Why a proxy has no stream to any istiod, from the most certain reason to none.
import {
  cite,
  listed,
  skip,
  valueOf,
  type Answer,
  type Answers,
  type Found,
  type Rest,
} from '../../../../src/authoring.ts';
import type { Failure, LogLine } from '../../../../src/facts/istio/proxy-log-lines.ts';
import type { ProxyLog } from '../../../../src/facts/istio/proxy-log.ts';
import { policiesBetween, type PolicyView } from '../../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { calledService, type BackendState } from '../../../../src/facts/kube/webhook-backend.ts';
import { meshRole, proxyOf, revisionOf } from '../../../../src/model/istio/mesh-pod.ts';
import {
  failingNow,
  failsToResolve,
  isFresh,
  peersOf,
  servingSince,
  validityIn,
  type Peers,
} from '../../../../src/model/istio/peers.ts';
import { sentence, sinceText } from '../../../../src/model/istio/sync-verdict.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { plane } from './control-plane.ts';
import { about, stale, tooYoung } from './pod.ts';
import { log, sync } from './stream.ts';

const earlier = { about, plane, sync, log };
type Sofar = Partial<Answers<typeof earlier>>;

export const connection = stale({
  id: 'connection',
  asks: 'Is the proxy connected to istiod, and if not, why?',
  why: 'A proxy without a stream keeps its last config and looks healthy until something changes.',
  rulesOut: 'a lost connection to istiod',
  uses: [policiesBetween, calledService],
  after: earlier,
  gather: async (look, { pod, root }, seen) => {
    const me = valueOf(seen.about);
    const view = valueOf(seen.sync);
    const failing = attemptOf(seen)?.failing;
    if (!me || (view ? view.streams.length > 0 : !failing)) return {};
    const { service, port = 0 } = { ...peers(me, seen).istiod };
    const istiods = valueOf(seen.plane.plane)?.istiods ?? [];
    const to = istiods.map((i) => ({ namespace: root, labels: i.pod.labels, ip: i.pod.ip }));
    const from = { namespace: pod.namespace, labels: me.labels, ip: me.ip };
    const [policies, behind] = await Promise.all([
      look(policiesBetween, { from, to, toNamespace: root, port: 15_012 }),
      service && failing && failsToResolve(failing)
        ? look(calledService, { ...service, port, caller: 'the proxy' })
        : undefined,
    ]);
    return { policies, behind };
  },
  sees: earlier,
  judge: ({ policies, behind }, seen, { root }) => {
    const view = valueOf(seen.sync);
    if (seen.about?.kind !== 'known' || (view?.streams.length ?? 0) > 0) return;
    const missing = view !== undefined && view.silent.length + view.busy.length === 0;
    const attempt = attemptOf(seen);
    if (!missing && !attempt?.failing) return skip('it is unknown whether the proxy is connected');
    const young = attempt?.failing ? undefined : tooYoung(seen.about);
    if (young) return young;
    const from = received(seen);
    if (!from) return;
    const me = seen.about.value;
    const { text: address = 'its address' } = { ...peers(me, seen).istiod };
    return [disconnected({ me, policies, behind, seen, attempt, address, from, root })];
  },
});

/** What the log says of its attempts to reach istiod. */
type Attempt = {
  readonly at: number;
  /** It fails, as far as the log goes. */
  readonly failing: Failure | undefined;
  /** The stream broke moments ago, and none was opened since. */
  readonly ended: LogLine | undefined;
  /** The last thing that went wrong, however long ago. */
  readonly last: LogLine | undefined;
};

function attemptOf(seen: Sofar): Attempt | undefined {
  const { log, about, plane } = seen;
  if (log?.kind !== 'known') return undefined;
  const at = Date.parse(log.evidence.at);
  const { istiod, ca, ended } = log.value;
  const same = peers(valueOf(about), seen).same;
  // Whoever cannot get a certificate from istiod cannot get config from it either, unless a newer line says that it can.
  const signer = same && isNewer(ca.failing, istiod.reached) ? ca : { failing: undefined };
  const failing = failingNow(istiod, at) ?? failingNow(signer, at);
  const serving = servingSince(valueOf(plane?.plane));
  const isOver = failing?.at !== undefined && serving !== undefined && failing.at < serving;
  const fresh = ended && isFresh(ended, at) ? ended : undefined;
  return {
    at,
    failing: isOver ? undefined : failing,
    ended: fresh,
    last: istiod.failing ?? ended,
  };
}

function isNewer(line: LogLine | undefined, other: LogLine | undefined): boolean {
  return line?.at !== undefined && (other?.at === undefined || line.at > other.at);
}

function peers(me: Pod | undefined, { log }: Sofar): Peers {
  return peersOf(me && proxyOf(meshRole(me)), valueOf<ProxyLog>(log));
}

type Case = {
  readonly me: Pod;
  readonly policies: Answer<PolicyView> | undefined;
  readonly behind: Answer<BackendState> | undefined;
  readonly seen: Sofar;
  readonly attempt: Attempt | undefined;
  readonly address: string;
  readonly from: Rest['from'];
  readonly root: string;
};

function received({ sync, log }: Sofar): Rest['from'] | undefined {
  if (sync && sync.kind !== 'unknown') return cite(sync, log);
  return log && log.kind !== 'unknown' ? cite(log) : undefined;
}

function disconnected(c: Case): Found {
  const failing = c.attempt?.failing;
  return (
    (failing && refused(c, failing)) ??
    (failing && failsToResolve(failing) ? nameless(c) : undefined) ??
    blocked(c) ??
    ofOtherRevision(c) ??
    unexplained(c)
  );
}

/** istiod was reached, and one of the two does not accept the other. */
function refused(c: Case, failing: Failure): Found | undefined {
  const { me, address } = c;
  const pod = me.ref;
  const reason = sentence(failing.reason);
  const rest = { from: c.from, since: sinceOf(c, failing) };
  const effect = effectOn(me);
  const slots = { pod, address, reason, effect };
  switch (failing.because) {
    case 'token':
      return tell('wrong-token', { pod, reason, effect }, { ...rest, fixes: fixes.readToken(me) });
    case 'authority':
      return tell(
        'foreign-root',
        { pod, reason, effect },
        { ...rest, fixes: fixes.readRoots(pod, c.root, istiodOf(c)) },
      );
    case 'name':
      return tell('wrong-name', slots, {
        ...rest,
        fixes: fixes.readNames(pod, c.root, address, istiodOf(c)),
      });
    case 'time':
      return outOfDate(c, failing, rest);
    case 'certificate':
    case 'unreachable':
      return undefined;
  }
}

function outOfDate(c: Case, { text, reason }: Failure, rest: Rest): Found {
  const { me, root } = c;
  const slots = { pod: me.ref, reason: sentence(reason), effect: effectOn(me) };
  const more = { ...rest, fixes: fixes.readDates(me.ref, root, istiodOf(c)) };
  const validity = validityIn(text);
  return validity?.is === 'early'
    ? tell('istiod-certificate-early', { ...slots, start: validity.from }, more)
    : tell(
        'istiod-certificate-expired',
        { ...slots, at: validity && ` at ${validity.until}` },
        more,
      );
}

function istiodOf({ seen }: Case): string | undefined {
  return valueOf(seen.plane?.plane)?.istiods.find(({ ready }) => ready)?.pod.ref.name;
}

/** The name that the proxy calls leads nowhere. */
function nameless(c: Case): Found | undefined {
  const { behind, me } = c;
  if (behind?.kind !== 'known' || behind.value.service.is !== 'missing') return ofOtherRevision(c);
  const { namespace, name } = behind.value;
  const resource = `Service ${namespace}/${name}`;
  const slots = { pod: me.ref, address: c.address, resource, effect: effectOn(me) };
  const from = cite(behind, ...c.from);
  return tell('service-gone', slots, { from, fixes: fixes.takeRevision(me) });
}

function blocked({ policies, me, from, root, attempt, ...c }: Case): Found | undefined {
  const blocking = valueOf(policies)?.blocking[0];
  if (!blocking || policies?.kind !== 'known') return undefined;
  const { namespace, name, way } = blocking;
  return tell(
    'blocked-by-policy',
    {
      ...{ pod: me.ref, way, effect: effectOn(me) },
      resource: `NetworkPolicy ${namespace}/${name}`,
    },
    {
      from: cite(policies, ...from),
      // Not every network enforces policies: only a failed connection makes it certain.
      sure: attempt?.failing !== undefined,
      since: sinceOf({ ...c, attempt }, attempt?.failing ?? attempt?.ended),
      fixes: fixes.allowBeside(blocking, root, me.ref),
    },
  );
}

function ofOtherRevision({ me, seen, from, root }: Case): Found | undefined {
  const revision = revisionOf(me);
  const revisions = valueOf(seen.plane?.plane)?.istiods.map((i) => i.revision) ?? [];
  if (revision === undefined || revisions.length === 0 || revisions.includes(revision)) {
    return undefined;
  }
  const others = listed([...new Set(revisions)]);
  const slots = { pod: me.ref, revision, root, others, effect: effectOn(me) };
  return tell('revision-gone', slots, { from, fixes: fixes.takeRevision(me) });
}

function unexplained(c: Case): Found {
  const { me, attempt, policies, address, from, root } = c;
  const pod = me.ref;
  const lost = attempt?.failing ?? attempt?.ended;
  const effect = effectOn(me);
  if (!lost) return tell('not-connected', { pod, effect, last: pastText(attempt) }, { from });
  const reason = sentence(attempt?.failing?.reason ?? lost.text);
  const slots = { pod, address, reason, effect, policies: policyText(policies) };
  const rest = { from, since: sinceOf(c, lost), sure: isSure(c) };
  return tell('unreachable', slots, { ...rest, fixes: fixes.followPath(pod, root) });
}

/** A name that leads nowhere is explained by its Service: where that was not read, the path is a guess. */
function isSure({ attempt, behind }: Case): boolean {
  const failing = attempt?.failing;
  return failing !== undefined && (!failsToResolve(failing) || behind?.kind === 'known');
}

/** A proxy is ready once it has its first config (istio pilot/cmd/pilot-agent/status/ready/probe.go), and keeps what it has. */
function effectOn(me: Pod): string {
  return proxyOf(meshRole(me))?.ready === true
    ? 'The proxy keeps its last accepted config and gets no new routes or endpoints.'
    : 'The proxy has no config yet, and the pod does not become ready.';
}

function sinceOf(
  { attempt, seen }: Pick<Case, 'attempt' | 'seen'>,
  line: Failure | LogLine | undefined,
): string | undefined {
  const began = line && 'since' in line ? line.since : undefined;
  const now = valueOf(seen.sync)?.at ?? attempt?.at ?? 0;
  return sinceText(began ?? line?.at, now);
}

/** A line of the past explains nothing now, and is told as what it is. */
function pastText(attempt: Attempt | undefined): string | undefined {
  const at = attempt?.last?.at;
  if (!attempt?.last || at === undefined) return undefined;
  return `What its log last said of a failure is past: ${sinceText(at, attempt.at) ?? ''}, ${sentence(attempt.last.text)}`;
}

function policyText(policies: Answer<PolicyView> | undefined): string {
  return policies?.kind === 'known'
    ? 'No NetworkPolicy in the two namespaces blocks it, so check DNS, the CNI and node firewalls.'
    : 'NetworkPolicies could not be checked; check them, DNS, the CNI and node firewalls.';
}
