// What `meshdoc diagnose injection` must say of each fault.
import type { Expected } from '../expected.ts';

const cases = (
  scenario: string,
  target: string,
  rest: Omit<Expected, 'scenario' | 'fault'>,
): Expected => ({
  fault: 'inject-cases',
  scenario,
  target: () => target,
  ...rest,
});
const cause = (first: string, ...says: readonly RegExp[]) => ({ exit: 3, first, says });

export default [
  { scenario: 'healthy', target: () => 'deploy/web.shop', exit: 0, first: null },
  { scenario: 'healthy-classic-sidecar', target: () => 'deploy/cart.shop', exit: 0, first: null },
  {
    scenario: 'healthy-namespace',
    target: () => 'ns/shop',
    exit: 0,
    first: null,
  },
  {
    scenario: 'denied-istio-system',
    target: () => 'deploy/web.shop',
    user: 'noistio',
    exit: 4,
    first: null,
  },
  {
    scenario: 'pod-of-its-own',
    target: () => 'plain/legacy',
    ...cause('injection/namespace-unlabeled', /neither/),
  },
  {
    scenario: 'istiod-itself',
    target: () => 'deploy/istiod.istio-system',
    exit: 0,
    first: 'injection/mesh-part',
  },
  {
    fault: 'kinds',
    scenario: 'healthy-gateway',
    target: (context) => context['gateway'] ?? '',
    exit: 0,
    first: null,
  },
  cases('namespace-unlabeled', 'deploy/web.inj-plain', {
    ...cause('injection/namespace-unlabeled', /neither/, /6 of 6 workloads/),
    demo: 'a namespace that nobody labelled for injection',
    example: true,
  }),
  cases('label-value', 'deploy/cased.inj-plain', cause('injection/label-value', /"True"/)),
  cases('annotation-only', 'deploy/annotated.inj-plain', cause('injection/annotation-only')),
  cases('label-on-workload', 'deploy/misplaced.inj-plain', {
    ...cause('injection/label-on-workload', /on the Deployment/),
    demo: 'a label on the Deployment instead of its pod template',
  }),
  cases('revision-missing-of-pod', 'deploy/pinned.inj-plain', {
    ...cause('injection/revision-missing', /asks for revision canary/, /available: default/),
  }),
  cases('auto-image', 'deploy/gateway.inj-plain', {
    ...cause('injection/namespace-unlabeled'),
    also: ['injection/auto-image'],
  }),
  cases('namespace-off', 'deploy/web.inj-off', {
    ...cause('injection/namespace-off', /"disabled"/, /istio.io\/rev=default is ignored/),
  }),
  cases('revision-missing', 'deploy/web.inj-gone', {
    ...cause('injection/revision-missing', /1-17-2/, /1 of 1 workload/),
    demo: 'a namespace that asks for a revision which was removed',
  }),
  cases('label-false', 'deploy/optout.inj-on', cause('injection/label-false')),
  cases('annotation-false', 'deploy/skipped.inj-on', cause('injection/annotation-false')),
  cases('host-network', 'deploy/agent.inj-on', cause('injection/host-network')),
  cases('bypassed', 'deploy/bypassed.inj-on', { exit: 0, first: 'injection/bypassed' }),
  cases('ended-job', 'job/report.inj-on', { exit: 0, first: 'injection/ended' }),
  cases('cronjob', 'cronjob/nightly.inj-on', { exit: 0, first: null }),
  cases('namespace-stay-out', 'ns/inj-on', {
    exit: 0,
    first: 'injection/stay-out',
    also: ['injection/census'],
    says: [/hostNetwork/, /pod label false/, /annotation false/],
  }),
  cases('labels-conflict', 'deploy/web.inj-both', { exit: 0, first: 'injection/labels-conflict' }),
  cases('template-missing', 'deploy/template.inj-bad', {
    ...cause('injection/injection-failed', /"extra" not found/),
    also: ['injection/template-missing'],
  }),
  cases('injection-failed', 'deploy/config.inj-bad', {
    ...cause('injection/injection-failed', /concurrency/),
  }),
  cases('not-created', 'deploy/paused.inj-bad', { exit: 4, first: 'injection/not-created' }),
  cases('namespace-refused', 'ns/inj-bad', {
    ...cause('injection/injection-failed', /3 of 3 workloads/),
    also: ['injection/stay-out'],
  }),
  cases('pod-security', 'deploy/web.inj-restricted', {
    ...cause('injection/pod-security', /restricted/, /istio-init/),
    demo: 'PodSecurity refuses what injection adds',
  }),
  cases('limit-range', 'deploy/web.inj-limited', cause('injection/refused', /256Mi/)),
  cases('ambient', 'inj-ambient/web', { exit: 0, first: 'injection/ambient' }),
  cases('ambient-pending', 'deploy/pending.inj-ambient', {
    exit: 4,
    first: 'injection/ambient-pending',
  }),
  cases('ambient-conflict', 'deploy/both.inj-ambient', {
    exit: 0,
    first: 'injection/ambient-conflict',
  }),
  cases('ambient-namespace', 'ns/inj-ambient', { exit: 0, first: null }),
  cases('static-pod', 'inj-plain/static', { exit: 0, first: 'injection/static-pod' }),
  cases(
    'older-than-label',
    'deploy/web.inj-late',
    cause('injection/older-than-label', /after the pod/),
  ),
  cases('namespace-restart-pending', 'ns/inj-late', {
    ...cause('injection/restart-pending', /Deployment cart and Deployment web/, /2 of 2 workloads/),
    demo: 'a namespace that was labelled and never restarted',
  }),
  cases('loses-sidecar', 'deploy/web.inj-lose', { exit: 0, first: 'injection/loses-sidecar' }),
  cases('namespace-loses', 'ns/inj-lose', {
    ...cause('injection/namespace-unlabeled'),
    also: ['injection/loses-sidecar'],
  }),
  cases('system-namespace', 'deploy/web.kube-public', cause('injection/system-namespace')),
  {
    fault: 'inject-down',
    scenario: 'webhook-down',
    ...cause('injection/webhook-unreachable', /no endpoints available/),
    demo: 'no istiod answers the webhook, so a workload gets no pods',
  },
  {
    fault: 'inject-down',
    scenario: 'webhook-down-namespace',
    target: () => 'ns/inj-here',
    ...cause('injection/webhook-unreachable', /1 of 1 workload/),
  },
  {
    fault: 'inject-down',
    scenario: 'webhook-down-under-a-running-pod',
    target: () => 'deploy/web.shop',
    exit: 3,
    first: 'injection/restart-refused',
  },
  {
    fault: 'inject-open',
    scenario: 'failing-open',
    ...cause('injection/failing-open', /no endpoints/),
  },
  {
    fault: 'inject-was-open',
    scenario: 'failed-open-before',
    ...cause('injection/failing-open', /nothing else explains/),
  },
  {
    fault: 'inject-blocked',
    scenario: 'webhook-blocked',
    ...cause('injection/webhook-unreachable', /deadline exceeded|timeout/, /15017/),
  },
  {
    fault: 'inject-url',
    scenario: 'webhook-url',
    ...cause('injection/webhook-unreachable', /10\.244\.0\.1:15999/),
  },
  {
    fault: 'istiod-notready',
    scenario: 'istiod-not-ready',
    target: () => 'deploy/web.shop',
    exit: 3,
    first: 'injection/restart-refused',
    says: [/has 1 endpoint, and none is ready/],
  },
  {
    fault: 'inject-ca-empty',
    scenario: 'ca-empty',
    ...cause('injection/webhook-untrusted', /x509/, /caBundle is empty/),
  },
  {
    fault: 'inject-ca-expired',
    scenario: 'ca-expired',
    ...cause('injection/webhook-untrusted', /x509/, /expired at 2021/),
  },
  {
    fault: 'inject-ca-foreign',
    scenario: 'ca-foreign',
    ...cause('injection/webhook-untrusted', /x509/, /another root \(O=another-mesh\)/),
  },
  { fault: 'inject-none', scenario: 'no-webhooks', ...cause('injection/no-webhooks') },
  {
    fault: 'inject-was-none',
    scenario: 'older-than-webhook',
    ...cause('injection/older-than-webhook', /was created .* after the pod/),
  },
  {
    fault: 'inject-no-default',
    scenario: 'no-default',
    ...cause('injection/no-default', /istio-injection=enabled/, /prod and canary/),
  },
  {
    fault: 'inject-deactivated',
    scenario: 'deactivated',
    ...cause('injection/deactivated', /istio-sidecar-injector/),
  },
  {
    fault: 'inject-double',
    scenario: 'double-injection',
    exit: 0,
    first: 'injection/double-injection',
  },
  {
    fault: 'inject-moved',
    scenario: 'revision-changes',
    exit: 0,
    first: 'injection/revision-changes',
    says: [/from revision default to canary/],
  },
  {
    fault: 'inject-moved',
    scenario: 'namespace-revision-changes',
    target: () => 'ns/inj-here',
    exit: 0,
    first: 'injection/revision-changes',
    also: ['injection/census'],
  },
  {
    fault: 'inject-never',
    scenario: 'never-selector',
    ...cause('injection/never-selector', /batch/),
  },
  {
    fault: 'inject-policy',
    scenario: 'policy-disabled',
    ...cause('injection/policy', /"disabled"/),
  },
  {
    fault: 'inject-was-policy',
    scenario: 'unexplained',
    exit: 4,
    first: 'injection/unexplained',
  },
  {
    fault: 'inject-stale-template',
    scenario: 'older-than-template',
    ...cause('injection/older-than-template'),
  },
  { fault: 'inject-excluded', scenario: 'excluded', ...cause('injection/excluded', /team=batch/) },
  {
    fault: 'inject-conditions',
    scenario: 'undecided',
    exit: 4,
    first: 'injection/undecided',
    says: [/not-batch/],
  },
  {
    fault: 'inject-discovery',
    scenario: 'not-discovered',
    exit: 0,
    first: 'injection/not-discovered',
  },
] satisfies readonly Expected[];
