// The incidents every format is read against, from the plain to the awkward.
import { words } from '../../src/core/argv.ts';
import { kubectl, meshdoc, piped } from '../../src/core/command.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { inspect, type Fix } from '../../src/core/fix.ts';
import { restartNamed } from '../../src/core/renew.ts';
import { inTime, type Moment } from '../../src/core/moment.ts';
import { safeText } from '../../src/core/text.ts';
import { canI, clear, couldNot, diagnosis, evidence, finding, gap, moment } from './build.ts';
import { istioctl } from '../../src/meshes/istio/commands.ts';

const pod = 'shop/cart-7d9f6c5b8-x2x4q';
const verify = meshdoc`diagnose stale ${pod}`;
const filter = kubectl`get envoyfilter add-header -n shop -o yaml`;

const removeFilter: Fix = {
  does: 'Take envoyfilter/add-header out of the way',
  run: kubectl`delete envoyfilter add-header -n shop`,
  risk: 'changes-traffic',
  touches: '9 proxies with the label app=cart; they get every change that waited behind it',
  undo: { run: kubectl`apply -f add-header.yaml -n shop` },
  verify,
  note: 'Argo CD application "shop" owns it: correct it in Git too, or self-heal brings it back.',
};

const timeline: readonly Moment[] = [
  moment('change', '2026-03-04T09:02:11Z', 'argocd last changed EnvoyFilter shop/add-header', 'E2'),
  moment(
    'push',
    '2026-03-04T09:02:12.4Z',
    `istiod sent LDS to ${pod}; the proxy rejected it`,
    'E1',
  ),
  moment('start', '2026-02-20T11:00:00Z', `pod ${pod} was created`, 'E4'),
];

/** A push the proxy refused, with one thing that could not be looked at. */
export const rejected: Diagnosis = diagnosis({
  timeline: inTime(timeline),
  findings: [
    finding({
      says: `${pod} rejected the last LDS push: Proto constraint validation failed: field "foo" is unknown in envoy.filters.http.lua.`,
      means:
        'The proxy drops the whole update, so every later change of that type waits behind the bad one.',
      since:
        '2026-03-04T09:02:11Z (12m51s), when envoyfilter/add-header was changed by argocd-controller',
      reach: '9 of 212 proxies (app=cart); they keep serving with what they accepted before',
      avoid:
        'Do not restart these pods: a new proxy gets the same refused listener and stays unready.',
      evidence: ['E1', 'E2'],
      fixes: [removeFilter, inspect('Read the filter that carries the unknown field', filter)],
      see: ['config-invalid'],
    }),
    finding({
      code: 'stale/many-clusters',
      role: 'contributor',
      sure: true,
      says: `${pod} holds 3,112 clusters (41 MB); no Sidecar resource selects it.`,
      means: 'Every push is slower than it needs to be.',
      evidence: ['E3'],
      fixes: [
        inspect(
          'See what the proxy holds',
          istioctl`proxy-config clusters cart-7d9f6c5b8-x2x4q.shop`,
        ),
      ],
    }),
  ],
  steps: [
    clear('Does the pod have a proxy?', 'a pod without a proxy', ['E4']),
    {
      id: 'sync',
      asks: 'What was sent, and did the proxy accept it?',
      ms: 310,
      outcome: { is: 'found', codes: ['stale/push-rejected'] },
    },
    clear('Is istiod able to push?', 'an overloaded istiod', ['E5']),
    clear('Do the versions fit?', 'version skew', ['E4']),
    {
      id: 'log',
      asks: 'Does the istiod log say why?',
      ms: 0,
      outcome: { is: 'skipped', because: 'nothing left unexplained' },
    },
    couldNot(
      'Is the pod starved of CPU?',
      gap(
        'cpu of pods in shop',
        'forbidden',
        'alice@corp may not list pods.metrics.k8s.io in shop',
        canI('list', 'pods.metrics.k8s.io', 'shop'),
      ),
    ),
  ],
  gaps: [
    gap(
      'cpu of pods in shop',
      'forbidden',
      'alice@corp may not list pods.metrics.k8s.io in shop',
      canI('list', 'pods.metrics.k8s.io', 'shop'),
    ),
  ],
  evidence: [
    evidence(
      1,
      `istiod's sync status for ${pod}`,
      [
        'LDS  sent 09:02:12Z  acked 08:44:50Z  ERROR',
        'Proto constraint validation failed: field "foo" is unknown in envoy.filters.http.lua',
        'CDS  synced',
        'EDS  synced',
        'RDS  synced',
      ],
      istioctl`proxy-status`,
      'exec in istiod-6b8f9c-4mzq2',
    ),
    evidence(
      2,
      'envoyfilters in shop',
      ['add-header  generation 3  changed 09:02:11Z by argocd-controller'],
      filter,
    ),
    evidence(
      3,
      'clusters the proxy holds',
      ['outbound|9080|v2|reviews.bookinfo.svc.cluster.local', 'and 3,111 more'],
      piped(istioctl`proxy-config clusters cart-7d9f6c5b8-x2x4q.shop`, words`wc -l`),
    ),
    evidence(
      4,
      `the pod ${pod}`,
      ['containers: cart, istio-proxy 1.31.1'],
      kubectl`get pod cart-7d9f6c5b8-x2x4q -n shop -o yaml`,
    ),
    evidence(
      5,
      'push times of istiod',
      ['p99 0.4 s over 15 min'],
      kubectl`get pods -n istio-system`,
    ),
  ],
});

/** Sent, neither accepted nor refused: only circumstances point at the cause. */
export const frozen: Diagnosis = diagnosis({
  findings: [
    finding({
      code: 'stale/starved',
      sure: false,
      says: 'The proxy is starved of CPU and cannot apply what istiod sends.',
      means: 'It keeps serving with old endpoints: calls to pods that are gone fail.',
      since: '2026-03-04T09:08:12Z (6m50s)',
      reach: '1 of 212 proxies',
      evidence: ['E1', 'E2'],
      avoid: 'Restart istiod: every proxy reconnects at once and asks for everything again.',
      fixes: [restartNamed('Deployment', 'cart', 'shop', verify)],
    }),
    finding({
      code: 'stale/unacknowledged',
      role: 'symptom',
      says: 'EDS was sent and is not acknowledged for 6m50s.',
      means: 'A slow path or a busy proxy.',
      evidence: ['E1'],
    }),
  ],
  steps: [
    clear('Did the proxy refuse a push?', 'a rejected push'),
    {
      id: 'cpu',
      asks: 'Is it starved?',
      ms: 90,
      outcome: { is: 'found', codes: ['stale/starved'] },
    },
  ],
  evidence: [
    evidence(1, 'sync status, two samples 10 s apart', [
      'EDS  sent 09:08:12Z  acked 08:59:58Z',
      'EDS  sent 09:08:12Z  acked 08:59:58Z',
    ]),
    evidence(
      2,
      'cpu of the proxy container',
      ['100m of 100m, throttled in 96% of periods (5 min)'],
      kubectl`top pod cart-7d9f6c5b8-x2x4q -n shop --containers`,
    ),
  ],
});

export const healthy: Diagnosis = diagnosis({
  verdict: 'healthy',
  steps: [
    clear('Does the pod have a proxy?', 'a pod without a proxy'),
    clear('Did the proxy refuse a push?', 'a rejected push', ['E2']),
    clear('Is istiod able to push?', 'an overloaded istiod', ['E2']),
  ],
  evidence: [
    evidence(1, 'the pod', ['containers: cart, istio-proxy']),
    evidence(2, 'sync status', ['all types synced']),
  ],
});

const forbidden = ['pods/portforward', 'pods/exec'].map((what) =>
  gap(
    `sync status by ${what}`,
    'forbidden',
    `alice@corp may not create ${what} in istio-system`,
    canI('create', what, 'istio-system'),
  ),
);
export const inconclusive: Diagnosis = diagnosis({
  verdict: 'inconclusive',
  steps: [
    clear('Does the pod have a proxy?', 'a pod without a proxy'),
    couldNot('Did the proxy refuse a push?', ...forbidden),
    couldNot(
      'Is istiod able to push?',
      gap('metrics of istiod', 'timed-out', 'no answer from istiod-6b8f9c-4mzq2 within 5 s'),
    ),
  ],
  gaps: [
    ...forbidden,
    gap('metrics of istiod', 'timed-out', 'no answer from istiod-6b8f9c-4mzq2 within 5 s'),
  ],
  evidence: [evidence(1, 'the pod', ['containers: cart, istio-proxy'])],
});

/** Ctrl-C in a run that had only seen a symptom. */
export const interrupted: Diagnosis = diagnosis({
  verdict: 'inconclusive',
  findings: [
    finding({
      code: 'stale/unacknowledged',
      role: 'symptom',
      says: 'EDS was sent and is not acknowledged for 4m.',
      means: 'A slow path or a busy proxy.',
      evidence: ['E1'],
      see: ['config-too-large'],
    }),
  ],
  steps: [
    {
      id: 'sync',
      asks: 'What was sent?',
      ms: 310,
      outcome: { is: 'found', codes: ['stale/unacknowledged'] },
    },
    couldNot(
      'Is istiod able to push?',
      gap('metrics of istiod', 'interrupted', 'stopped before it was asked'),
    ),
  ],
  gaps: [gap('metrics of istiod', 'interrupted', 'stopped before it was asked')],
  evidence: [evidence(1, 'sync status', ['EDS  sent 09:11:02Z  not acked'])],
  info: { cut: 'interrupted', tookMs: 3200 },
});

export const replayed: Diagnosis = diagnosis({
  ...rejected,
  about: {
    ...rejected.about,
    source: { is: 'case', recorded: '2026-02-11T03:12:44Z', name: 'rejected-filter', demo: true },
  },
});

const nasty =
  'a `b` ```c``` | d {code} {noformat} *e* _f_ ~g~ <details> </details> <b> & &amp; @type @sha256:abc #123 GH-1 [x](http://y) :100: $(id) \\ - + 1. \x1b[31mred\x1b[0m \u202eevil';
/** Everything a cluster can put into a sentence or a log line. */
export const awkward: Diagnosis = diagnosis({
  target: safeText('shop/ünïcode-日本語-x2x4q'),
  findings: [
    finding({
      says: safeText(`${nasty} ${'very long reason '.repeat(400)}`),
      means: nasty,
      avoid: nasty,
      reach: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
      evidence: ['E1', 'E2'],
      fixes: [
        {
          does: nasty,
          run: kubectl`patch deployment x -p ${'{"a":"```{code}it\'s"}'}`,
          risk: 'changes-config',
          touches: nasty,
          undo: { because: nasty },
          verify: kubectl`get x`,
          note: nasty,
        },
        {
          does: 'Apply it',
          run: {
            argv: ['kubectl', 'apply', '-f', '-'],
            stdin: 'kind: X\nspec:\n  lua: |\n    ```{code}\n',
          },
          risk: 'changes-traffic',
          touches: 'one',
          undo: { run: kubectl`delete x` },
          verify: kubectl`get x`,
        },
      ],
    }),
  ],
  timeline: [
    { kind: 'event', at: '2026-03-04T09:00:00Z', what: safeText(nasty), evidence: ['E1'] },
  ],
  steps: [couldNot('Why?', gap(nasty, 'unreadable', nasty))],
  gaps: [gap(nasty, 'unreadable', nasty)],
  evidence: [
    evidence(1, nasty, [
      nasty,
      '````',
      '```',
      '{noformat}',
      '{code}',
      '</details>',
      ' outbound|80||x   ',
      '| a | b |',
      '|---|---|',
    ]),
    evidence(
      2,
      'two hundred lines',
      Array.from({ length: 200 }, (_, i) => `line ${i} ${'x'.repeat(500)}`),
    ),
  ],
});

const at = (d: Diagnosis, target: string): Diagnosis => ({
  ...d,
  target: safeText(target),
  input: { target },
});

/** Five pods of three kinds. */
export const several: Diagnosis[] = [
  at(healthy, 'shop/web-5c4d-aaaaa'),
  rejected,
  {
    ...at(rejected, 'shop/cart-7d9f6c5b8-k8s2m'),
    findings: rejected.findings.map((f) => ({
      ...f,
      says: safeText(f.says.replaceAll('x2x4q', 'k8s2m')),
    })),
  },
  at(inconclusive, 'shop/pay-66b7-zzzzz'),
  at(frozen, 'shop/web-5c4d-bbbbb'),
];

export const incidents = {
  rejected,
  frozen,
  healthy,
  inconclusive,
  interrupted,
  replayed,
  awkward,
};
