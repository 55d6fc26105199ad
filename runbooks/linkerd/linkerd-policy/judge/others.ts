// What `linkerd-policy` tells besides one caller's requests: what the proxy counts for others, and advice.
import {
  cite,
  count,
  inspect,
  kubectl,
  listed,
  podText,
  valueOf,
  type Found,
  type PodRef,
  type Seen,
} from '../../../../src/authoring.ts';
import type { Counted } from '../../../../src/facts/linkerd/policy/counters.ts';
import { nameOf } from '../../../../src/facts/linkerd/policy/objects.ts';
import {
  beside,
  notInForceText,
  routesBeside,
  unattachedText,
  type Beside,
  type NotInForce,
} from '../../../../src/model/linkerd/policy/beside.ts';
import { arrivalsOf, sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { portServer, serversAt } from '../../../../src/model/linkerd/policy/server.ts';
import { text } from '../../../../src/model/kube/read.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { asAnnotations, settingLabelsOf, slotsOf } from '../../../shared/linkerd/setting-labels.ts';
import type { Case } from '../case.ts';
import { readAll, readPolicy } from '../fixes.ts';
import { tell } from '../says.ts';
import { grownBy, ownedText, policyText, refIn } from '../words.ts';

/** What the proxy's counters tell about callers that nobody named. */
export function counted(c: Case, verdicts: readonly Verdict[]): readonly Found[] {
  const { now } = c.seen;
  if (now?.kind !== 'known' || now.value.is !== 'counted') return [];
  const growing = now.value.all.filter((one) => one.now > 0 && isAsked(c, verdicts, one));
  const of = (what: Counted['what']) => growing.filter((one) => one.what === what);
  const seen = { ...c, now, time: `in ${now.value.seconds} s` };
  const denied = of('denied');
  const isQuiet = denied.length === 0 && verdicts.every(({ is }) => is.is !== 'denied');
  return [
    ...of('limited')
      .filter((a, i, all) => all.findIndex((b) => b.port === a.port) === i)
      .map((one) => limited(seen, one)),
    ...deniedNow(seen, denied, verdicts),
    ...(isQuiet ? refusedByApplication(seen, of('application')) : []),
  ];
}

type Counting = Case & { readonly now: Seen; readonly time: string };

/** Whether it is on the port that was asked about. */
function isAsked({ picture }: Case, verdicts: readonly Verdict[], { port }: Counted): boolean {
  if (picture.destination.port === undefined || port === undefined) return true;
  return verdicts.length === 0 || verdicts.some(({ visit }) => visit.arrival.port === port);
}

function limited(c: Counting, { port = 0, now, server }: Counted): Found {
  // The counter names the Server, and a limit is of one Server.
  const name = c.picture.policies.objects.rateLimits.find(
    ({ spec }) => text(spec, 'targetRef', 'name') === server.name,
  )?.metadata.name;
  const figures = `It limited ${count(now, 'request')} ${c.time}, on ${refIn(server, c.pod.namespace)}`;
  const read = name === undefined ? [] : [readPolicy(c, { name }, 'httplocalratelimitpolicies')];
  const slots = { pod: c.pod, port, figures, policy: limitText(c, name) };
  return tell('rate-limited', slots, { from: cite(c.now, c.policies), fixes: read });
}

function limitText({ pod }: Case, name: string | undefined): string {
  return name === undefined
    ? 'A rate limit that Kubernetes does not have any more'
    : `HTTPLocalRateLimitPolicy ${pod.namespace}/${name}`;
}

function deniedNow(
  c: Counting,
  denied: readonly Counted[],
  verdicts: readonly Verdict[],
): readonly Found[] {
  const nameless = denied.filter(({ id }) => id === undefined);
  const isExplained = verdicts.some(
    ({ is, visit: { subject } }) =>
      // A caller with an identity is not among those without one.
      subject.identity.is === 'tls' || (is.is === 'denied' && subject.seen.length > 0),
  );
  if (nameless.length === 0 || isExplained) return [];
  const servers = [...new Set(nameless.map(({ server }) => refIn(server, c.pod.namespace)))];
  const figures = `${count(grownBy(nameless), 'request')} ${c.time} by ${listed(servers)}`;
  const rest = { from: cite(c.now, c.policies), fixes: [readAll(c)] };
  return [tell('denied-now', { pod: c.pod, figures }, rest)];
}

function refusedByApplication(c: Counting, refused: readonly Counted[]): readonly Found[] {
  if (refused.length === 0) return [];
  const { pod, picture } = c;
  const figures = `its counter of 403 answers from the application grew by ${grownBy(refused)} ${c.time}`;
  const own = picture.pod.containers.find(
    ({ role, name }) => role === 'main' && name !== 'linkerd-proxy',
  );
  const log = own && kubectl`logs ${pod.name} -n ${pod.namespace} -c ${own.name} --tail=50`;
  const read = log ? [inspect("Read the application's log", log, c.again)] : [];
  return [tell('application-refuses', { pod, figures }, { from: [c.now], fixes: read })];
}

/** A policy with these has an effect on other pods or ports. */
const elsewhere = new Set<NotInForce['is']>(['other-namespace', 'port-without-server']);

/** What has no effect, whether or not somebody is denied for it. */
export function advice(c: Case, verdicts: readonly Verdict[]): readonly Found[] {
  const scene = sceneOf(c.picture);
  // A denial tells these already.
  const told = new Set(
    verdicts
      .flatMap(({ is, meant, void: voided }) =>
        is.is === 'denied' ? [...meant, ...voided] : meant,
      )
      .map(({ policy }) => policy),
  );
  return arrivalsOf(c.picture).flatMap(({ port }) => {
    const server = portServer(scene, port);
    const idle = beside(scene, port, server).filter(
      ({ policy, why }) => !told.has(policy) && !elsewhere.has(why.is),
    );
    for (const { policy } of idle) told.add(policy);
    return [
      ...idle.filter(({ why }) => isSure(c, why)).map((one) => ignored(c, one)),
      ...routesBeside(scene, server).map(({ ref, why }) => {
        const slots = {
          route: refIn(ref, c.pod.namespace),
          server: refIn(server.ref, c.pod.namespace),
          why: unattachedText(why),
        };
        return tell('ignored-route', slots, { from: [c.policies] });
      }),
      ...shadowed(c, port),
    ];
  });
}

/** That something is missing can be said only where everything of its kind was read. */
function isSure({ picture }: Case, { is }: NotInForce): boolean {
  const { unseen } = picture.policies;
  if (is === 'no-server') return !unseen.includes('servers');
  if (is === 'void') return !unseen.includes('meshTls') && !unseen.includes('networks');
  return is !== 'no-route' || !unseen.some((kind) => /routes$/i.test(kind));
}

function ignored(c: Case, { policy, why }: Beside): Found {
  const slots = { policy: policyText(policy), pod: c.pod, why: notInForceText(why) };
  const fixes = [readPolicy(c, policy.metadata)];
  return tell('ignored-policy', slots, { from: [c.policies], avoid: ownedText(policy), fixes });
}

/** Settings of the pods concerned that are labels by mistake. */
export function labels(c: Case, verdicts: readonly Verdict[]): readonly Found[] {
  const { caller, denials } = c.seen;
  const seen = [...verdicts.flatMap(({ visit }) => visit.subject.caller ?? []), valueOf(caller)];
  const pods = [c.picture.pod, ...seen].filter((pod) => pod !== undefined);
  const each = pods.filter((pod, i) => pods.findIndex(({ ref }) => isSame(ref, pod.ref)) === i);
  return settingLabelsOf(each).map((some) => {
    const from = cite(c.about, caller, ...(denials?.callers ?? []).map(({ about }) => about));
    const fixes = asAnnotations(some, c.again);
    return tell('setting-as-label', slotsOf(some), { from, fixes });
  });
}

const isSame = (a: PodRef, b: PodRef): boolean => podText(a) === podText(b);

function shadowed({ picture, pod, policies, about }: Case, port: number): readonly Found[] {
  const servers = serversAt(sceneOf(picture), port).map((server) => `Server ${nameOf(server)}`);
  const [server, ...others] = servers;
  if (others.length === 0) return [];
  const slots = { others: listed(others), port, pod, server };
  return [tell('two-servers', slots, { from: [policies, about] })];
}
