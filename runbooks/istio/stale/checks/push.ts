// A push that was sent but not accepted: rejected, held back, or lost on the way.
import {
  cite,
  listed,
  skip,
  valueOf,
  type Answer,
  type Answers,
  type Found,
  type PodRef,
  type Rest,
} from '../../../../src/authoring.ts';
import { secretStates, warmingClusters } from '../../../../src/facts/istio/effective.ts';
import { blame, type Blame, type Culprit } from '../../../../src/facts/istio/blame.ts';
import {
  changeText,
  configOf,
  confirmedStale,
  firstSent,
  isUnknownToEnvoy,
  neverArrived,
  reasonText,
  refusalsOf,
  rejectionReach,
  sentence,
  sinceText,
  staleText,
  type Refusal,
} from '../../../../src/model/istio/sync-verdict.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { certificateRefusals, portRefusals } from '../../../../src/model/istio/gateway-refusals.ts';
import { meshRole, proxyName as container } from '../../../../src/model/istio/mesh-pod.ts';
import { imageVersion, isOlder } from '../../../../src/model/istio/version.ts';
import * as fixes from '../fixes.ts';
import { warming } from '../warming.ts';
import { rejectsAgain, tell } from '../says.ts';
import { plane } from './control-plane.ts';
import { about, stale } from './pod.ts';
import { envoy, log, sync } from './stream.ts';

const witnesses = { sync, envoy, log };
type Seen = Partial<Answers<typeof witnesses & { about: typeof about; plane: typeof plane }>>;
type Blamed = { readonly refusal: Refusal; readonly blamed: Answer<Blame> };

export const rejected = stale({
  id: 'rejected',
  asks: 'Does Envoy reject a push, and which resource caused it?',
  why: "Envoy's error does not name the resource: without it you would read every EnvoyFilter.",
  rulesOut: 'a rejected push',
  uses: [blame],
  after: { about, ...witnesses },
  when: ({ about, sync, envoy, log }) => {
    const all = refusalsOf(valueOf(sync), valueOf(envoy), valueOf(log));
    const others = notOfGateway(valueOf(about), all);
    return (
      all.length === 0 || others.length > 0 || skip('what Envoy rejects is a port or a certificate')
    );
  },
  gather: (look, { pod: { namespace }, root }, { about, sync, envoy, log }) => {
    const labels = valueOf(about)?.labels ?? {};
    const all = refusalsOf(valueOf(sync), valueOf(envoy), valueOf(log));
    return Promise.all(
      notOfGateway(valueOf(about), all).map(async (refusal) => {
        const { type, error } = refusal;
        return { refusal, blamed: await look(blame, { namespace, root, labels, type, error }) };
      }),
    );
  },
  sees: { ...witnesses, about, plane },
  judge: (got, seen, { pod, root }) => {
    const hasStream = (valueOf(seen.sync)?.streams.length ?? 0) > 0;
    const known = hasStream || valueOf(seen.envoy)?.is === 'up';
    if (!known && got.length === 0) return skip('neither istiod nor Envoy reports a push');
    if (!known && got.every(isOver)) {
      return skip(
        'the log shows a rejected push, but no resource that could have caused it exists now',
      );
    }
    return got.flatMap((one) => refused(one, seen, pod, root));
  },
});

/** Without those that the checks of a gateway explain: no resource contains their words. */
function notOfGateway(about: Pod | undefined, all: readonly Refusal[]): readonly Refusal[] {
  if (!about || meshRole(about).is !== 'gateway') return all;
  const explained = new Set(
    [...portRefusals(all), ...certificateRefusals(all)].map((r) => r.error),
  );
  return all.filter(({ error }) => !explained.has(error));
}

/**
 * A log line says what was rejected then; only istiod and Envoy know whether it still is. If neither could be asked and
 * no resource contains what was rejected, somebody has most likely removed it since.
 */
const isOver = ({ refusal, blamed }: Blamed): boolean =>
  refusal.by === 'log' &&
  blamed.kind === 'known' &&
  blamed.value.complete &&
  blamed.value.culprits.length === 0;

function refused(
  { refusal, blamed }: Blamed,
  seen: Seen,
  pod: PodRef,
  root: string,
): readonly Found[] {
  const witness = seen[refusal.by];
  if (!witness || witness.kind === 'unknown') return [];
  const view = valueOf(seen.sync);
  const { culprits = [], complete = false } = valueOf(blamed) ?? {};
  const [culprit] = culprits;
  const current = refusal.by !== 'log';
  const { type, error } = refusal;
  const slots = { pod, type, config: configOf(type), reason: reasonText(error) };
  const rest = {
    from: cite(witness, blamed),
    reach: view && refusal.sync && rejectionReach(view, refusal.sync),
  };
  const isForeign = isUnknownToEnvoy(error) && (culprit?.names ?? '') === '';
  const older = isForeign ? skew(seen) : undefined;
  if (older && older !== 'unread')
    return [tooOld(older, slots, { ...rest, from: cite(witness, blamed, seen.plane?.plane) })];
  if (!culprit) {
    const sure = current && complete && older !== 'unread';
    const more = { sure, fixes: fixes.lookAround(pod, root) };
    return [tell('push-rejected-unexplained', slots, { ...rest, ...more })];
  }
  const [resource, ...others] = culprits.map(nameOf);
  const owned = fixes.ownedText(culprit);
  const more = {
    sure: culprit.names !== '' && culprits.length === 1 && current,
    since: culprit.changed && changeText(culprit.changed, nameOf(culprit)),
    avoid: owned && `${rejectsAgain} ${owned}`,
    fixes: culprits.flatMap((one) => fixes.removeCulprit(one, pod)),
  };
  const or = others.length === 0 ? undefined : ` or ${listed(others)}`;
  return [tell('push-rejected', { ...slots, resource, or }, { ...rest, ...more })];
}

function nameOf({ resource, namespace, name }: Culprit): string {
  return `${resource.kind} ${namespace}/${name}`;
}

type Skew = { readonly me: Pod; readonly version: string; readonly newest: string };

/** A proxy that is older than istiod, which sends what only newer ones know. */
function skew({ sync, about, plane }: Seen): Skew | 'unread' | undefined {
  const me = valueOf(about);
  const stream = valueOf(sync)?.streams[0];
  const from = valueOf(plane?.plane)?.istiods.find((i) => i.pod.ref.name === stream?.istiod);
  const newest = imageVersion(from?.pod.containers[0]?.image ?? '');
  const version = stream?.sync.version;
  if (!me || version === undefined || newest === undefined) return 'unread';
  return isOlder(version, newest) ? { me, version, newest } : undefined;
}

function tooOld(
  { me, version, newest }: Skew,
  { type, config, reason }: Readonly<Record<'type' | 'config' | 'reason', string>>,
  rest: Rest,
): Found {
  const slots = { pod: me.ref, version, newest, type, config, reason };
  return tell('proxy-too-old', slots, { ...rest, fixes: fixes.takeImage(me) });
}

export const unacknowledged = stale({
  id: 'unacknowledged',
  asks: 'Why is a push not acknowledged?',
  why: 'Since Istio 1.23, STALE means neither accepted nor rejected: the cause is in the pod or on the network.',
  rulesOut: 'an unacknowledged push',
  uses: [warmingClusters, secretStates],
  after: { sync, envoy },
  gather: async (look, { pod }, { sync, envoy }) => {
    const view = valueOf(sync);
    const own = valueOf(envoy);
    const warms = own?.is === 'up' && own.warmingClusters > 0;
    if (!view || !warms || confirmedStale(view).length === 0) return {};
    const args = { pod, container, port: 15_000 };
    const [clusters, secrets] = await Promise.all([
      look(warmingClusters, args),
      look(secretStates, args),
    ]);
    return { clusters, secrets };
  },
  sees: { about, ...witnesses },
  judge: (got, { sync, envoy, log, about }, { pod }) => {
    const value = valueOf(about);
    if (sync?.kind !== 'known' || !value) return skip('the sync status is unknown');
    if (sync.value.streams.length === 0) return skip('the proxy has no stream to istiod');
    const late = confirmedStale(sync.value);
    if (late.length === 0) return;
    const now = sync.value.at;
    const slots = { pod, types: staleText(late, now) };
    const sent = sinceText(firstSent(late), now);
    const since = sent && `${sent}, when istiod sent it`;
    const from = cite(sync, envoy);
    if (envoy?.kind !== 'known' || envoy.value.is !== 'up') {
      return [tell('unacknowledged', slots, { from: cite(sync), since })];
    }
    if (envoy.value.warmingClusters > 0) {
      const { warmingClusters: n } = envoy.value;
      return warming({ ...got, pod, types: slots.types, n, since, from });
    }
    if (!neverArrived(late, envoy.value)) return [tell('unacknowledged', slots, { from, since })];
    const lost = valueOf(log)?.istiod.failing ?? valueOf(log)?.ended;
    const line = lost && `The proxy log says: ${sentence(lost.text)}`;
    const rest = { from: cite(sync, envoy, log), sure: false, since };
    return [tell('push-lost', { ...slots, log: line }, { ...rest, fixes: fixes.reconnect(value) })];
  },
});
