// A proxy that has not accepted istiod's latest config, is not getting any, or has it and shows no effect.
// Status rule: istio pilot/pkg/xds/statusgen.go debugSyncStatus: a rejected push is ERROR since 1.23, one that
// was neither accepted nor rejected is STALE. The sentences are in stale.findings.ts.
import {
  cite,
  count,
  defineRunbook,
  input,
  listed,
  podText,
  putBack,
  skip,
  stop,
  valueOf,
} from '../../src/authoring.ts';
import { blame } from '../../src/facts/istio/blame.ts';
import { envoy } from '../../src/facts/istio/envoy.ts';
import { controlPlane } from '../../src/facts/istio/istiods.ts';
import * as read from '../../src/facts/istio/judge-stale.ts';
import { meshProxies } from '../../src/facts/istio/mesh-proxies.ts';
import { meshRole, proxyOf, revisionOf } from '../../src/facts/istio/mesh-pod.ts';
import { proxyLog } from '../../src/facts/istio/proxy-log.ts';
import { proxySync } from '../../src/facts/istio/proxy-sync.ts';
import { pushTimes } from '../../src/facts/istio/push-times.ts';
import { effect } from '../../src/facts/istio/scene.ts';
import { diffHarmsGateways, imageVersion } from '../../src/facts/istio/version.ts';
import { policiesBetween } from '../../src/facts/kube/network-policy.ts';
import { pod } from '../../src/facts/kube/pod.ts';
import * as findings from './stale.findings.ts';

const manyClusters = 1000;

export default defineRunbook({
  id: 'stale',
  aliases: ['sync', 'proxy-status'],
  title: 'Proxy is STALE',
  label: 'STALE',
  symptom:
    'A routing change has no effect, or proxy-status shows STALE, ERROR or no row for a pod.',
  input: { pod: input.pod('the pod whose proxy looks stale') },
  findings: {
    ...findings.pods,
    ...findings.controlPlane,
    ...findings.connection,
    ...findings.push,
    ...findings.noEffects,
    ...findings.size,
  },
})
  .step('pod', {
    asks: 'Does the pod have a proxy, and does it run?',
    why: 'Without one, every later answer would be about nothing.',
    rulesOut: 'a missing or stopped proxy',
    uses: [pod],
    gather: async (look, { pod: ref }) => look(pod, { pod: ref }),
    judge: (got, say, { pod: ref }) => {
      if (got.kind !== 'known') return;
      const { value } = got;
      const { namespace, name } = ref;
      const role = meshRole(value);
      const here = { pod: ref, namespace, name };
      if (value.phase === 'Succeeded' || value.phase === 'Failed') {
        say('finished', { ...here, phase: value.phase }, got);
        return stop;
      }
      if (role.is === 'none') say('no-proxy', here, got);
      else if (role.is === 'ambient')
        say('ambient', { ...here, node: value.node ?? 'unknown' }, got);
      else if (role.is === 'control-plane') say('is-istiod', { pod: ref }, got);
      const reason = read.pendingReason(value);
      if (reason !== undefined) say('pending', { ...here, reason }, got);
      else if (role.is === 'proxyless') say('proxyless', here, got);
      const down = read.downState(role);
      const container = proxyOf(role)?.name;
      if (reason === undefined && down !== undefined && container !== undefined) {
        say('proxy-down', { ...here, container, state: down }, got);
      }
      const proxied =
        role.is === 'sidecar' ||
        role.is === 'gateway' ||
        role.is === 'waypoint' ||
        role.is === 'ztunnel';
      if (!proxied || reason !== undefined || down !== undefined) return stop;
    },
  })
  .step('control-plane', {
    asks: 'Is istiod able to serve?',
    why: 'If not, the fix is there, and restarting the workload only makes it worse.',
    rulesOut: 'an istiod that is down',
    uses: [controlPlane, meshProxies],
    gather: async (look, { root }) => {
      const plane = await look(controlPlane, { root });
      const down = plane.kind === 'known' && read.outage(plane.value);
      return { plane, proxies: down ? await look(meshProxies, {}) : undefined };
    },
    judge: ({ plane, proxies }, say, { pod: ref, root }) => {
      if (plane.kind !== 'known') return;
      const down = read.outage(plane.value);
      const n = valueOf(proxies);
      const reach = n
        ? `all ${n.more ? 'of more than ' : ''}${count(n.proxies, 'proxy', 'proxies')} of the mesh`
        : 'every proxy of the mesh';
      if (down?.is === 'scaled-to-zero') {
        say(
          'scaled-to-zero',
          { deployment: down.deployment, root, proxies: reach, pod: ref },
          plane,
        );
        return stop;
      }
      if (down?.is === 'down') {
        const [warning] = plane.value.warnings;
        const event = warning ? `${warning.last ?? 'unknown'}: ${warning.reason}` : '';
        const istiod = down.istiod.pod.ref.name;
        const deployment = read.deploymentOf(down.istiod);
        say(
          'istiod-down',
          { reason: down.reason, proxies: reach, event, root, istiod, deployment, pod: ref },
          plane,
        );
        return stop;
      }
      if (down) {
        say('no-control-plane', { root }, plane);
        return;
      }
      for (const istiod of plane.value.istiods) {
        if (!istiod.ready) {
          say(
            'istiod-not-ready',
            { istiod: istiod.pod.ref.name, reason: istiod.trouble ?? 'unknown' },
            plane,
          );
        }
      }
      const versions = plane.value.istiods.map((i) =>
        imageVersion(i.pod.containers[0]?.image ?? ''),
      );
      const harmful = versions.find((v) => v !== undefined && diffHarmsGateways(v));
      if (harmful !== undefined) say('diff-harms-gateways', { version: harmful }, plane);
    },
  })
  .step('sync', {
    asks: 'What has istiod sent, and did the proxy accept it?',
    why: 'ERROR, STALE and no row at all are three faults with three fixes.',
    rulesOut: 'an istiod that does not answer',
    uses: [proxySync],
    gather: (look, { pod: ref, root, revision }) => look(proxySync, { pod: ref, root, revision }),
    judge: (got, say, { pod: ref, root }) => {
      if (got.kind !== 'known') return;
      const { silent, streams } = got.value;
      for (const istiod of silent) {
        const serving = streams.length > 0;
        if (!serving) say('istiod-silent', { istiod, root, pod: ref }, got);
      }
      const [first] = streams;
      const others = read.leftovers(got.value).map((s) => s.istiod);
      if (first && others.length > 0) {
        say('half-open', { pod: ref, others: listed(others), istiod: first.istiod }, got);
      }
      if (!first) return skip('no istiod lists this proxy');
    },
  })
  .step('envoy', {
    asks: 'Is Envoy alive, and what does it say itself?',
    why: 'A stopped Envoy and a refused push look alike from istiod before 1.23, and need opposite fixes.',
    rulesOut: 'a frozen Envoy',
    uses: [pod, envoy],
    after: ['pod'],
    when: ({ pod: answer }) => {
      const role = answer.kind === 'known' ? meshRole(answer.value) : undefined;
      return (role && proxyOf(role) !== undefined) || skip('the pod has no Envoy');
    },
    gather: (look, { pod: ref }) =>
      look(envoy, { pod: ref, container: 'istio-proxy', port: 15_000 }),
    judge: (got, say, { pod: ref }, sofar) => {
      const [about, sync] = [valueOf(sofar.pod), valueOf(sofar.sync)];
      if (got.kind !== 'known' || !about) return;
      const { namespace, name } = ref;
      const { kind, name: workload } = read.workloadOf(about);
      const stale = sync ? read.confirmedStale(sync) : [];
      const proof = cite(got, sofar.sync);
      if (got.value.is === 'closed') {
        say('envoy-down', { pod: ref, container: 'istio-proxy', namespace, name }, ...proof);
        return stop;
      }
      if (got.value.is !== 'silent') return;
      const now = sync?.at ?? 0;
      const types =
        stale.length > 0
          ? `istiod waits for ${read.staleText(stale, now)}`
          : 'istiod waits for no answer yet';
      const since = read.sinceText(read.firstSent(stale), now);
      const slots = { pod: ref, types, since, namespace, name, kind, workload };
      if (got.value.sure || stale.length > 0) say('frozen', slots, ...proof);
      else say.likely('frozen', slots, ...proof);
      return stop;
    },
  })
  .step('rejected', {
    asks: 'Which resource does Envoy refuse?',
    why: 'The reason alone sends a person through every EnvoyFilter of the mesh.',
    rulesOut: 'a rejected push',
    uses: [blame],
    after: ['pod', 'sync', 'envoy'],
    gather: async (look, { pod: ref, root }, { pod: about, sync, envoy: own }) => {
      const refusals = refusalsOf(valueOf(sync), valueOf(own));
      const labels = valueOf(about)?.labels ?? {};
      return Promise.all(
        refusals.map(async (refusal) => ({
          refusal,
          blamed: await look(blame, {
            namespace: ref.namespace,
            root,
            labels,
            type: refusal.type,
            error: refusal.error,
          }),
        })),
      );
    },
    judge: (got, say, { pod: ref, root }, sofar) => {
      const sync = sofar.sync;
      const streams = valueOf(sync)?.streams.length ?? 0;
      if (streams === 0 && valueOf(sofar.envoy)?.is !== 'up') {
        return skip('neither istiod nor Envoy knows of a push');
      }
      for (const { refusal, blamed } of got) {
        const seen = sync?.kind === 'known' && sync.value.streams.length > 0 ? sync : sofar.envoy;
        if (!seen || seen.kind === 'unknown') continue;
        const shown = { pod: ref, type: refusal.type, reason: read.reasonText(refusal.error) };
        const reach =
          sync?.kind === 'known' && refusal.sync
            ? read.rejectionReach(sync.value, refusal.sync)
            : '';
        const proof = cite(seen, blamed);
        const culprits = valueOf(blamed)?.culprits ?? [];
        const [culprit] = culprits;
        if (!culprit) {
          say(
            'push-rejected-unexplained',
            { ...shown, reach, namespace: ref.namespace, root },
            ...proof,
          );
          continue;
        }
        const { resource, namespace, name, changed, owner } = culprit;
        const undo = putBack(culprit.object);
        const slots = {
          ...shown,
          reach,
          resource: `${resource.kind} ${namespace}/${name}`,
          changed: changed
            ? `${changed.at}, when ${changed.by} last changed ${resource.kind} ${namespace}/${name} (generation ${culprit.generation})`
            : '',
          owned:
            owner === undefined
              ? ''
              : ` ${owner} owns the resource: correct it there, or it comes back.`,
          kind: resource.kind,
          plural: `${resource.plural}.${resource.group}`,
          name,
          namespace,
          undo: 'run' in undo ? (undo.run.stdin ?? '') : undo.because,
        };
        if (culprit.names !== '' && culprits.length === 1) say('push-rejected', slots, ...proof);
        else say.likely('push-rejected', slots, ...proof);
      }
    },
  })
  .step('unacknowledged', {
    asks: 'Why is a push not acknowledged?',
    why: 'STALE since 1.23 means neither accepted nor rejected: the reason is in the pod or on the way.',
    rulesOut: 'an unacknowledged push',
    uses: [proxyLog],
    gather: (look, { pod: ref }) => look(proxyLog, { pod: ref, container: 'istio-proxy' }),
    judge: (log, say, { pod: ref }, sofar) => {
      const [sync, own, about] = [sofar.sync, sofar.envoy, valueOf(sofar.pod)];
      if (sync?.kind !== 'known' || !about) return skip('the sync status is not known');
      if (sync.value.streams.length === 0) return skip('there is no stream');
      const stale = read.confirmedStale(sync.value);
      if (stale.length === 0) return;
      const now = sync.value.at;
      const { kind, name: workload } = read.workloadOf(about);
      const slots = {
        pod: ref,
        types: read.staleText(stale, now),
        since: read.sinceText(read.firstSent(stale), now),
        namespace: ref.namespace,
        name: ref.name,
        kind,
        workload,
      };
      if (own?.kind === 'known' && own.value.is === 'up') {
        const warming = own.value.warmingClusters;
        if (warming > 0)
          return say.likely(
            'warming',
            { ...slots, clusters: count(warming, 'cluster') },
            sync,
            own,
          );
        if (read.neverArrived(stale, own.value)) {
          const lost = valueOf(log)?.unreachable;
          const line = lost ? `The proxy log says: ${lost.text}` : '';
          const proof = cite(sync, own, log);
          return say.likely('push-lost', { ...slots, log: line }, ...proof);
        }
      }
      say('unacknowledged', slots, sync);
    },
  })
  .step('connection', {
    asks: 'Is the proxy connected, and if not, what keeps it away?',
    why: 'A proxy without a stream keeps its last config and looks healthy until something changes.',
    rulesOut: 'a lost connection to istiod',
    uses: [policiesBetween],
    after: ['pod', 'control-plane', 'sync', 'unacknowledged'],
    gather: async (
      look,
      { pod: ref, root },
      { pod: about, sync, 'control-plane': plane, unacknowledged: log },
    ) => {
      const me = valueOf(about);
      const gone =
        sync.kind === 'known'
          ? sync.value.streams.length === 0
          : valueOf(log)?.unreachable !== undefined;
      if (!gone || !me) return undefined;
      const to = (valueOf(plane.plane)?.istiods ?? []).map(({ pod: p }) => ({
        namespace: root,
        labels: p.labels,
        ip: p.ip,
      }));
      const from = { namespace: ref.namespace, labels: me.labels, ip: me.ip };
      return look(policiesBetween, { from, to, toNamespace: root, port: 15_012 });
    },
    judge: (policies, say, { pod: ref, root }, sofar) => {
      const { sync, unacknowledged: log } = sofar;
      const about = valueOf(sofar.pod);
      const plane = valueOf(sofar['control-plane']?.plane);
      const connected = sync?.kind === 'known' && sync.value.streams.length > 0;
      const missing = sync?.kind === 'known' && !connected && sync.value.silent.length === 0;
      const lines = valueOf(log);
      if (!about || connected) return;
      if (!missing && !lines?.refused && !lines?.unreachable) {
        return skip('whether it is connected is not known');
      }
      const now = sync?.kind === 'known' ? sync.value.at : 0;
      const { kind, name: workload } = read.workloadOf(about);
      const slots = {
        pod: ref,
        namespace: ref.namespace,
        name: ref.name,
        kind,
        workload,
        root,
        container: 'istio-proxy',
      };
      const seen = [
        ...(sync?.kind === 'known' ? [sync] : []),
        ...(log?.kind === 'known' ? [log] : []),
      ];
      const [first, ...rest] = seen;
      if (!first) return;
      const refused = lines?.refused;
      if (refused) {
        const code = refused.because === 'token' ? 'wrong-token' : 'foreign-root';
        return say(
          code,
          {
            ...slots,
            reason: refused.text,
            since: read.sinceText(refused.at, now || (refused.at ?? 0)),
          },
          first,
          ...rest,
        );
      }
      const lost = lines?.unreachable;
      const since = lost ? read.sinceText(lines.connected?.at, lost.at ?? now) : '';
      const blocking = valueOf(policies)?.blocking[0];
      if (blocking && policies?.kind === 'known') {
        const policy = {
          ...slots,
          since,
          policy: `${blocking.namespace}/${blocking.name}`,
          way: blocking.way,
          policyName: blocking.name,
          policyNamespace: blocking.namespace,
          selected: JSON.stringify(blocking.podSelector),
        };
        if (lost) return say('blocked-by-policy', policy, policies, first, ...rest);
        return say.likely('blocked-by-policy', policy, policies, first, ...rest);
      }
      const revision = revisionOf(about);
      const others = [...new Set(plane?.istiods.map((i) => i.revision) ?? [])];
      if (revision !== undefined && plane && !others.includes(revision)) {
        return say('revision-gone', { ...slots, revision, others: listed(others) }, first, ...rest);
      }
      if (lost)
        return say(
          'unreachable',
          { ...slots, since, reason: read.sentence(lost.text) },
          first,
          ...rest,
        );
      const ended = lines?.ended;
      if (ended)
        return say.likely(
          'unreachable',
          { ...slots, since: read.sinceText(ended.at, now), reason: read.sentence(ended.text) },
          first,
          ...rest,
        );
      say('not-connected', { pod: ref }, first, ...rest);
    },
  })
  .step('effect', {
    asks: 'Does the routing config that concerns this pod do what it says?',
    why: 'Accepted is not the same as effective: this is what most people mean by stale.',
    rulesOut: 'routing config without effect',
    uses: [effect],
    after: ['pod'],
    gather: (look, { pod: ref, root, revision }, { pod: answer }) => {
      const about = valueOf(answer);
      const role = about && meshRole(about);
      return look(effect, {
        pod: ref,
        root,
        labels: about?.labels ?? {},
        clusterDomain: role ? read.clusterDomain(role) : 'cluster.local',
        revision: revision ?? (about && revisionOf(about)),
      });
    },
    judge: (got, say, { pod: ref }) => {
      if (got.kind !== 'known') return;
      for (const problem of got.value.evaluation.problems) {
        const { rule, resource, says, consequence, changed, owner, fixes } = problem;
        const [fix] = fixes;
        const slots = {
          problem: says,
          consequence,
          changed: changed
            ? `${changed.at}, when ${changed.by} last changed it (generation ${changed.generation})`
            : '',
          owned:
            owner === undefined ? '' : `Do not edit it by hand: ${owner} owns it and puts it back.`,
          does: fix?.does ?? '',
          touches: fix?.touches ?? '',
          kind: fix?.target.kind ?? resource.kind,
          name: fix?.target.name ?? resource.name,
          namespace: fix?.target.namespace ?? resource.namespace,
          patch: fix?.patch?.body ?? '',
          undo: fix?.undo?.body ?? '',
          pod: podText(ref),
        };
        if (problem.sure) say(rule, slots, got);
        else say.likely(rule, slots, got);
      }
    },
  })
  .step('size', {
    asks: 'Is the proxy sent more config than it needs?',
    why: 'Thousands of clusters make every push slow and every sidecar large.',
    uses: [pushTimes],
    after: ['envoy'],
    when: ({ envoy: own }) =>
      (own.kind === 'known' && own.value.is === 'up' && own.value.clusters >= manyClusters) ||
      skip(`it holds fewer than ${manyClusters} clusters`),
    gather: (look, { root }) => look(pushTimes, { root }),
    judge: (got, say, { pod: ref }, { envoy: own, effect: routing }) => {
      if (own?.kind !== 'known' || own.value.is !== 'up') return;
      if (valueOf(routing)?.evaluation.concerned.some((r) => r.kind === 'Sidecar')) return;
      const mean = valueOf(got)?.meanSeconds;
      const slots = {
        pod: ref,
        clusters: count(own.value.clusters, 'cluster'),
        memory: `${Math.round(own.value.memoryBytes / 1e6)} MB of config and buffers`,
        push: mean === undefined ? 'an unknown time' : `${mean.toFixed(2)} s`,
      };
      say('too-much-config', slots, ...cite(own, got));
    },
  })
  .step('app', {
    asks: 'Does the application itself stay up?',
    why: 'A crash loop behind a healthy proxy looks like a mesh fault to its callers.',
    rulesOut: 'a crashing application',
    uses: [pod],
    gather: (look, { pod: ref }) => look(pod, { pod: ref }),
    judge: (got, say, { pod: ref }) => {
      const crash = got.kind === 'known' ? read.crashing(got.value) : undefined;
      if (!crash || got.kind !== 'known') return;
      say(
        'app-crashing',
        {
          pod: ref,
          container: crash.name,
          state: crash.state,
          namespace: ref.namespace,
          name: ref.name,
        },
        got,
      );
    },
  });

type Refusal = { readonly type: string; readonly error: string; readonly sync?: read.TypeSync };

/** istiod knows every type; Envoy itself is asked only where istiod could not be. */
function refusalsOf(
  sync: read.SyncView | undefined,
  own: read.Envoy | undefined,
): readonly Refusal[] {
  const stream = sync?.streams[0];
  if (stream) {
    return stream.sync.types.flatMap((t) =>
      t.state === 'ERROR' ? [{ type: t.type, error: t.error ?? fromEnvoy(own), sync: t }] : [],
    );
  }
  const [first] = own?.is === 'up' ? own.refusals : [];
  return first ? [{ type: first.type, error: first.error }] : [];
}

function fromEnvoy(own: read.Envoy | undefined): string {
  const [first] = own?.is === 'up' ? own.refusals : [];
  return first?.error ?? 'the reason is in the log of istiod, as "ACK ERROR"';
}
