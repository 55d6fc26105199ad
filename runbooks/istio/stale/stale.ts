// A proxy that has not accepted istiod's latest config, does not get any, or got it without an effect.
// Status rule: istio pilot/pkg/xds/statusgen.go debugSyncStatus: a rejected push is ERROR since 1.23, one that
// was neither accepted nor rejected is STALE.
import { aheadLook, input, runbookOf } from '../../../src/authoring.ts';
import { controlPlane } from '../../../src/facts/istio/istiods.ts';
import { certificate } from './checks/certificate.ts';
import { connection } from './checks/connection.ts';
import { plane } from './checks/control-plane.ts';
import { gateway } from './checks/gateway.ts';
import { about, app } from './checks/pod.ts';
import { filters } from './checks/filters.ts';
import { pace } from './checks/pace.ts';
import { rejected, unacknowledged } from './checks/push.ts';
import { routing, size } from './checks/routing.ts';
import { envoy, log, sync } from './checks/stream.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
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
    answersOnly: ['no-proxy', 'ambient', 'proxyless', 'custom-template', 'is-istiod', 'finished'],
    ahead: ({ root }) => [aheadLook(controlPlane, { root })],
  },
  [
    about,
    plane,
    sync,
    envoy,
    log,
    rejected,
    unacknowledged,
    connection,
    certificate,
    routing,
    gateway,
    filters,
    pace,
    size,
    app,
  ],
);
