// What `linkerd-policy` tells beside one caller's requests: what the proxy counts of others, and advice.
import {
  cite,
  count,
  inspect,
  kubectl,
  listed,
  type Found,
  type Known as Received,
} from '../../../../src/authoring.ts';
import type { AuthzCounters, Counted } from '../../../../src/facts/linkerd/policy/counters.ts';
import {
  beside,
  notInForceText,
  routesBeside,
  unattachedText,
  type Beside,
  type NotInForce,
} from '../../../../src/model/linkerd/policy/beside.ts';
import { arrivalsOf, sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../../src/model/linkerd/policy/refs.ts';
import { portServer, serversAt } from '../../../../src/model/linkerd/policy/server.ts';
import type { Scene } from '../../../../src/model/linkerd/policy/types.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { readAll, readPolicy } from '../fixes.ts';
import { tell } from '../says.ts';
import { ownedText, policyText } from '../words.ts';
import type { Known } from './known.ts';

/** What the proxy's counters tell of callers that nobody named. */
export function counted(known: Known, all: readonly Verdict[]): readonly Found[] {
  const { now } = known.seen;
  if (now?.kind !== 'known' || now.value.is !== 'counted') return [];
  const { port } = known.picture.destination;
  const growing = now.value.all.filter((one) => one.now > 0 && isAsked(one, port, all));
  const of = (what: Counted['what']) => growing.filter((one) => one.what === what);
  const c = { ...known, all, now, seconds: now.value.seconds };
  const denied = of('denied');
  const quiet = denied.length === 0 && all.every(({ is }) => is.is !== 'denied');
  return [
    ...unique(of('limited')).map((one) => limited(c, one)),
    ...deniedNow(c, denied),
    ...(quiet ? refusedByApplication(c, of('application')) : []),
  ];
}

type Counts = Known & {
  readonly all: readonly Verdict[];
  readonly now: Received<AuthzCounters>;
  readonly seconds: number;
};

function limited(c: Counts, { port = 0, now, server }: Counted): Found {
  const policy = c.picture.policies.objects.rateLimits[0]?.metadata.name;
  const figures = `${count(now, 'request')} in ${c.seconds} s, at ${refText(server)}`;
  return tell(
    'rate-limited',
    { pod: c.pod, port, policy, figures },
    {
      from: cite(c.now, c.policies),
      fixes:
        policy === undefined ? [] : [readPolicy(c, { name: policy }, 'httplocalratelimitpolicies')],
    },
  );
}

function deniedNow(c: Counts, denied: readonly Counted[]): readonly Found[] {
  const isExplained = c.all.some(
    ({ is, visit }) => is.is === 'denied' && visit.subject.seen.length > 0,
  );
  // Who comes with an identity is not among those who come without.
  const isOther = c.all.some(({ visit }) => visit.subject.identity.is === 'tls');
  const nameless = denied.filter(({ id }) => id === undefined);
  if (nameless.length === 0 || isExplained || isOther) return [];
  const servers = [...new Set(nameless.map(({ server }) => refText(server)))];
  const figures = `${count(sum(nameless), 'request')} in ${c.seconds} s by ${listed(servers)}`;
  const from = cite(c.now, c.policies);
  return [tell('denied-now', { pod: c.pod, figures }, { from, fixes: [readAll(c)] })];
}

function refusedByApplication(c: Counts, refused: readonly Counted[]): readonly Found[] {
  if (refused.length === 0) return [];
  const { pod, again, seconds } = c;
  const figures = `its counter of 403 from the application grew by ${sum(refused)} in ${seconds} s`;
  const log = c.picture.pod.containers
    .filter(({ role, name }) => role === 'main' && name !== 'linkerd-proxy')
    .slice(0, 1)
    .map(({ name }) =>
      inspect(
        "Read the application's log",
        kubectl`logs ${pod.name} -n ${pod.namespace} -c ${name} --tail=50`,
        again,
      ),
    );
  return [tell('application-refuses', { pod, figures }, { from: [c.now], fixes: log })];
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

function sum(all: readonly Counted[]): number {
  return all.reduce((total, { now }) => total + now, 0);
}

/** What has no effect, whether or not somebody is denied for it. */
export function advice(known: Known, all: readonly Verdict[]): readonly Found[] {
  const { picture } = known;
  const scene = sceneOf(picture);
  const told = new Set(all.flatMap(toldOf).map(({ policy }) => policy));
  return arrivalsOf(picture).flatMap(({ port }) => {
    const server = portServer(scene, port);
    const idle = beside(scene, port, server).filter(
      ({ policy, why }) => !told.has(policy) && why.is !== 'other-namespace',
    );
    for (const { policy } of idle) told.add(policy);
    return [
      ...idle.filter(({ why }) => isSure(known, why)).map((one) => ignored(known, one)),
      ...routesBeside(scene, server).map(({ ref, why }) =>
        tell(
          'ignored-route',
          { route: refText(ref), server: refText(server.ref), why: unattachedText(why) },
          { from: [known.policies] },
        ),
      ),
      ...shadowed(known, scene, port),
    ];
  });
}

/** What stands in a denial already. */
function toldOf({ is, meant, void: voided }: Verdict): readonly Beside[] {
  return is.is === 'denied' ? [...meant, ...voided] : meant;
}

/** That something is missing can be said only where everything of its kind was read. */
function isSure({ picture }: Known, { is }: NotInForce): boolean {
  const { unseen } = picture.policies;
  if (is === 'no-server') return !unseen.includes('servers');
  if (is === 'void') return !unseen.includes('meshTls') && !unseen.includes('networks');
  return is !== 'no-route' || !unseen.some((kind) => /routes$/i.test(kind));
}

function ignored(known: Known, { policy, why }: Beside): Found {
  return tell(
    'ignored-policy',
    { policy: policyText(policy), pod: known.pod, why: notInForceText(why) },
    {
      from: [known.policies],
      avoid: ownedText(policy),
      fixes: [readPolicy(known, policy.metadata)],
    },
  );
}

function shadowed({ pod, policies, about }: Known, scene: Scene, port: number): readonly Found[] {
  const [first, ...others] = serversAt(scene, port).map(
    ({ metadata }) => `Server ${metadata.name}`,
  );
  if (first === undefined || others.length === 0) return [];
  const slots = { others: listed(others), port, pod, server: first };
  return [tell('two-servers', slots, { from: [policies, about] })];
}
