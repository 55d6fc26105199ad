// A proxy that has not accepted istiod's latest config, is not getting any, or has it and shows no effect.
// Status rule: istio pilot/pkg/xds/statusgen.go debugSyncStatus: a rejected push is ERROR since 1.23, one that
// was neither accepted nor rejected is STALE. What it can say is in stale.findings.ts, how it concludes in
// stale.judge.ts.
import { defineRunbook, input, skip, valueOf } from '../../../src/authoring.ts';
import { blame } from '../../../src/facts/istio/blame.ts';
import { envoy } from '../../../src/facts/istio/envoy.ts';
import { controlPlane } from '../../../src/facts/istio/istiods.ts';
import { clusterDomain, outage, refusalsOf } from '../../../src/model/istio/sync-verdict.ts';
import { meshProxies } from '../../../src/facts/istio/mesh-proxies.ts';
import { meshRole, proxyOf, revisionOf } from '../../../src/model/istio/mesh-pod.ts';
import { proxyLog } from '../../../src/facts/istio/proxy-log.ts';
import { proxySync } from '../../../src/facts/istio/proxy-sync.ts';
import { pushTimes } from '../../../src/facts/istio/push-times.ts';
import { effect } from '../../../src/facts/istio/scene.ts';
import { controlPlaneLastWords } from '../../../src/facts/kube/last-words.ts';
import { policiesBetween } from '../../../src/facts/kube/network-policy.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import * as judge from './judge.ts';

const manyClusters = 1000;
const container = 'istio-proxy';
const xdsPort = 15_012;

export default defineRunbook({
  id: 'stale',
  aliases: ['sync', 'proxy-status'],
  mesh: 'istio',
  title: 'Proxy is STALE',
  symptom:
    'A routing change has no effect, or proxy-status shows STALE, ERROR or no row for a pod.',
  words: [
    'not synced',
    'out of date',
    'config not applied',
    'VirtualService ignored',
    'canary gets no traffic',
    'old routes',
    '404 NR',
    '503 UH',
  ],
  input: { pod: input.pod('the pod whose proxy looks stale') },
  findings,
  detect,
})
  .step('pod', {
    asks: 'Does the pod have a proxy, and does it run?',
    why: 'Without one, every later answer would be about nothing.',
    rulesOut: 'a missing or stopped proxy',
    uses: [pod],
    gather: (look, { pod: ref }) => look(pod, { pod: ref }),
    judge: judge.pod,
  })
  .step('control-plane', {
    asks: 'Is istiod able to serve?',
    why: 'If not, the fix is there, and restarting the workload only makes it worse.',
    rulesOut: 'an istiod that is down',
    uses: [controlPlane, meshProxies, controlPlaneLastWords],
    gather: async (look, { root }) => {
      const plane = await look(controlPlane, { root });
      const down = plane.kind === 'known' ? outage(plane.value) : undefined;
      const crashed = down?.is === 'down' ? down.crashed : undefined;
      const [proxies, words] = await Promise.all([
        down && look(meshProxies, {}),
        crashed && look(controlPlaneLastWords, crashed),
      ]);
      return { plane, proxies, words };
    },
    judge: judge.controlPlane,
  })
  .step('sync', {
    asks: 'What has istiod sent, and did the proxy accept it?',
    why: 'ERROR, STALE and no row at all are three faults with three fixes.',
    rulesOut: 'an istiod that does not answer',
    uses: [proxySync],
    gather: (look, { pod: ref, root, revision }) => look(proxySync, { pod: ref, root, revision }),
    judge: judge.sync,
  })
  .step('envoy', {
    asks: 'Is Envoy alive, and what does it say itself?',
    why: 'A stopped Envoy and a lost push look alike from istiod, and need opposite fixes.',
    rulesOut: 'a frozen Envoy',
    uses: [envoy],
    after: ['pod'],
    when: ({ pod: answer }) => {
      const role = answer.kind === 'known' ? meshRole(answer.value) : undefined;
      return (role && proxyOf(role) !== undefined) || skip('the pod has no Envoy');
    },
    gather: (look, { pod: ref }) => look(envoy, { pod: ref, container, port: 15_000 }),
    judge: judge.envoy,
  })
  .step('log', {
    asks: 'What does the proxy log say about its control plane?',
    why: 'Only the proxy itself knows why it does not reach istiod, or was refused there.',
    uses: [proxyLog],
    gather: (look, { pod: ref }) => look(proxyLog, { pod: ref, container }),
    judge: () => undefined,
  })
  .step('rejected', {
    asks: 'Which resource does Envoy refuse?',
    why: 'The reason alone sends a person through every EnvoyFilter of the mesh.',
    rulesOut: 'a rejected push',
    uses: [blame],
    after: ['pod', 'sync', 'envoy', 'log'],
    gather: (look, { pod: ref, root }, { pod: about, sync, envoy: own, log }) => {
      const labels = valueOf(about)?.labels ?? {};
      return Promise.all(
        refusalsOf(valueOf(sync), valueOf(own), valueOf(log)).map(async (refusal) => {
          const { type, error } = refusal;
          const args = { namespace: ref.namespace, root, labels, type, error };
          return { refusal, blamed: await look(blame, args) };
        }),
      );
    },
    judge: judge.rejected,
  })
  .step('unacknowledged', {
    asks: 'Why is a push not acknowledged?',
    why: 'STALE since 1.23 means neither accepted nor rejected: the reason is in the pod or on the way.',
    rulesOut: 'an unacknowledged push',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: judge.unacknowledged,
  })
  .step('connection', {
    asks: 'Is the proxy connected, and if not, what keeps it away?',
    why: 'A proxy without a stream keeps its last config and looks healthy until something changes.',
    rulesOut: 'a lost connection to istiod',
    uses: [policiesBetween],
    after: ['pod', 'control-plane', 'sync', 'log'],
    gather: async (look, { pod: ref, root }, { pod: about, sync, log, ...rest }) => {
      const me = valueOf(about);
      const gone =
        sync.kind === 'known'
          ? sync.value.streams.length === 0
          : valueOf(log)?.unreachable !== undefined;
      if (!gone || !me) return undefined;
      const istiods = valueOf(rest['control-plane'].plane)?.istiods ?? [];
      const to = istiods.map((i) => ({ namespace: root, labels: i.pod.labels, ip: i.pod.ip }));
      const from = { namespace: ref.namespace, labels: me.labels, ip: me.ip };
      return look(policiesBetween, { from, to, toNamespace: root, port: xdsPort });
    },
    judge: judge.connection,
  })
  .step('effect', {
    asks: 'Does the routing config that concerns this pod do what it says?',
    why: 'Accepted is not the same as effective: this is what most people mean by stale.',
    rulesOut: 'routing config without effect',
    uses: [effect],
    after: ['pod'],
    gather: (look, { pod: ref, root, revision }, { pod: answer }) => {
      const about = valueOf(answer);
      return look(effect, {
        pod: ref,
        root,
        labels: about?.labels ?? {},
        clusterDomain: about ? clusterDomain(meshRole(about)) : 'cluster.local',
        revision: revision ?? (about && revisionOf(about)),
      });
    },
    judge: judge.effect,
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
    judge: judge.size,
  })
  .step('app', {
    asks: 'Does the application itself stay up?',
    why: 'A crash loop behind a healthy proxy looks like a mesh fault to its callers.',
    rulesOut: 'a crashing application',
    uses: [pod],
    gather: (look, { pod: ref }) => look(pod, { pod: ref }),
    judge: judge.app,
  });
