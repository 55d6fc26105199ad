// What `linkerd-policy` says beside one caller's requests: of anybody, of what the proxy counts, and advice.
import { cite, count, listed, podText, valueOf } from '../../../../src/authoring.ts';
import {
  beside,
  notInForceText,
  routesBeside,
  unattachedText,
  type Beside,
} from '../../../../src/model/linkerd/policy/beside.ts';
import type { Counted } from '../../../../src/facts/linkerd/policy/counters.ts';
import { arrivalsOf, sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../../src/model/linkerd/policy/refs.ts';
import { portServer, serversAt } from '../../../../src/model/linkerd/policy/server.ts';
import { isClosed, verdictOf, type Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { sayVerdict } from './denied.ts';
import type { Known, PolicySay } from '../judge.ts';
import { meantSlots } from '../slots.ts';

/** Nobody is named and nobody was logged: ports that let nobody in at all. */
export function sayAnyone(say: PolicySay, known: Known, all: readonly Verdict[]): void {
  const { picture } = known;
  const scene = sceneOf(picture);
  const told = new Set(all.map(({ visit }) => visit.arrival.port));
  for (const arrival of arrivalsOf(picture)) {
    if (told.has(arrival.port) || !isClosed(portServer(scene, arrival.port))) continue;
    const subject = {
      caller: undefined,
      identity: { is: 'unknown' as const },
      ip: undefined,
      seen: [],
      counted: [],
    };
    const request = { headers: {} };
    sayVerdict(say, known, verdictOf(picture, { arrival, subject }, request), false);
  }
}

/** What the proxy's counters tell of callers that nobody named. */
export function sayCounted(say: PolicySay, known: Known, all: readonly Verdict[]): void {
  const { picture, sofar } = known;
  const now = sofar.now;
  if (now?.kind !== 'known' || now.value.is !== 'counted') return;
  const growing = now.value.all.filter(
    (one) => one.now > 0 && isAsked(one, picture.destination.port, all),
  );
  const of = (what: Counted['what']) => growing.filter((one) => one.what === what);
  const seconds = now.value.seconds;
  const sum = (some: readonly Counted[]) => some.reduce((total, one) => total + one.now, 0);
  const { namespace, name } = picture.pod.ref;
  const pod = podText(picture.pod.ref);
  const again = JSON.stringify([pod]);
  for (const one of unique(of('limited'))) {
    const limit = picture.policies.objects.rateLimits[0]?.metadata.name ?? '';
    const figures = `${count(one.now, 'request')} in ${seconds} s, at ${refText(one.server)}`;
    const slots = { pod, port: one.port ?? 0, policy: limit, policyName: limit, figures };
    say(
      'rate-limited',
      { ...slots, policyNamespace: namespace, again },
      ...cite(now, known.policies),
    );
  }
  const denied = of('denied');
  const explained = all.some(
    ({ is, visit }) => is.is === 'denied' && visit.subject.seen.length > 0,
  );
  // Who comes with an identity is not among those who come without.
  const named = all.some(({ visit: { subject } }) => subject.identity.is === 'tls');
  const nameless = named ? [] : denied.filter(({ id }) => id === undefined);
  if (nameless.length > 0 && !explained) {
    const figures = `${count(sum(nameless), 'request')} in ${seconds} s by ${listed(servers(nameless))}`;
    const slots = { pod, namespace, figures, again, repairs: '{"objects":[]}' };
    say('denied-now', slots, ...cite(now, known.policies));
  }
  const refused = of('application');
  const quiet = denied.length === 0 && all.every(({ is }) => is.is !== 'denied');
  if (refused.length > 0 && quiet) {
    const main = picture.pod.containers.find(
      (c) => c.role === 'main' && c.name !== 'linkerd-proxy',
    );
    const figures = `its counter of 403 from the application grew by ${sum(refused)} in ${seconds} s`;
    say(
      'application-refuses',
      { pod, namespace, name, container: main?.name ?? '', figures, again },
      now,
    );
  }
}

/** Of the port that was asked about. */
function isAsked(one: Counted, port: number | undefined, all: readonly Verdict[]): boolean {
  const ports = all.map(({ visit }) => visit.arrival.port);
  return (
    port === undefined || one.port === undefined || ports.length === 0 || ports.includes(one.port)
  );
}

function unique(all: readonly Counted[]): readonly Counted[] {
  return all.filter((a, i) => all.findIndex((b) => b.port === a.port) === i);
}

function servers(all: readonly Counted[]): readonly string[] {
  return [...new Set(all.map(({ server }) => refText(server)))];
}

/** What stands in a denial already. */
function toldOf({ is, meant, void: voided }: Verdict): readonly Beside[] {
  return is.is === 'denied' ? [...meant, ...voided] : meant;
}

/** What has no effect, whether or not somebody is denied for it. */
export function sayAdvice(say: PolicySay, known: Known, all: readonly Verdict[]): void {
  const { picture, policies, sofar } = known;
  const scene = sceneOf(picture);
  const pod = podText(picture.pod.ref);
  const told = new Set(all.flatMap(toldOf).map(({ policy }) => policy));
  const again = JSON.stringify([pod]);
  for (const { port } of arrivalsOf(picture)) {
    const server = portServer(scene, port);
    for (const one of beside(scene, port, server)) {
      if (told.has(one.policy) || one.why.is === 'other-namespace') continue;
      told.add(one.policy);
      const slots = { ...meantSlots(one), why: notInForceText(one.why), pod, again };
      if (sureOf(known, one.why.is)) say('ignored-policy', slots, policies);
    }
    for (const { ref, why } of routesBeside(scene, server)) {
      const slots = { route: refText(ref), server: refText(server.ref), why: unattachedText(why) };
      say('ignored-route', slots, policies);
    }
    const [first, ...others] = serversAt(scene, port);
    if (first && others.length > 0) {
      const names = listed(others.map(({ metadata }) => `Server ${metadata.name}`));
      const slots = { others: names, port, pod, server: `Server ${first.metadata.name}` };
      say(
        'two-servers',
        slots,
        ...cite(policies, valueOf(sofar.destination?.about) ? sofar.destination?.about : undefined),
      );
    }
  }
}

/** That something is missing can be said only where everything of its kind was read. */
function sureOf({ picture }: Known, why: string): boolean {
  const { unseen } = picture.policies;
  if (why === 'no-server') return !unseen.includes('servers');
  if (why === 'void') return !unseen.includes('meshTls') && !unseen.includes('networks');
  if (why !== 'no-route') return true;
  return !unseen.some((kind) => /routes$/i.test(kind));
}
