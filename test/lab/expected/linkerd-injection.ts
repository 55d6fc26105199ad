// What `meshdoc diagnose linkerd-injection` must say of each fault.
import type { Expected } from '../expected.ts';

type Rest = Omit<Expected, 'scenario' | 'fault'>;
const cases = (scenario: string, target: string, rest: Rest): Expected => ({
  fault: 'linkerd-inject-cases',
  scenario,
  target: () => target,
  ...rest,
});
const start = (scenario: string, target: string, rest: Rest): Expected => ({
  ...cases(scenario, target, rest),
  fault: 'linkerd-inject-start',
});
const cause = (first: string, ...says: readonly RegExp[]) => ({
  exit: 3,
  first: `linkerd-injection/${first}`,
  says,
});
const healthy = { exit: 0, first: null };

export default [
  {
    fault: 'linkerd-healthy',
    scenario: 'healthy',
    target: () => 'deploy/web.emojivoto',
    ...healthy,
  },
  {
    fault: 'linkerd-healthy',
    scenario: 'healthy-namespace',
    target: () => 'ns/emojivoto',
    ...healthy,
  },
  {
    fault: 'linkerd-healthy',
    scenario: 'injector-itself',
    target: () => 'deploy/linkerd-proxy-injector.linkerd',
    exit: 0,
    first: 'linkerd-injection/mesh-part',
  },
  cases('not-annotated', 'deploy/web.lj-plain', {
    ...cause('not-annotated', /Neither namespace lj-plain/, /of 5 workloads/),
    demo: 'a namespace that nobody annotated for injection',
    example: true,
  }),
  cases('pod-of-its-own', 'lj-plain/alone', cause('not-annotated')),
  cases('empty-namespace', 'ns/lj-empty', cause('not-annotated')),
  cases('namespace-mixed', 'ns/lj-plain', {
    exit: 0,
    first: 'linkerd-injection/stay-out',
    also: ['linkerd-injection/census'],
  }),
  cases('pod-label', 'deploy/labelled.lj-plain', {
    ...cause('label-not-annotation', /as a label/),
    demo: 'linkerd.io/inject as a label in place of an annotation',
  }),
  cases('namespace-label', 'deploy/web.lj-label', cause('label-not-annotation', /Namespace lj-/)),
  cases('annotation-on-workload', 'deploy/misplaced.lj-plain', {
    ...cause('annotation-on-workload', /on the Deployment/),
  }),
  cases('healthy-asks-itself', 'deploy/asking.lj-plain', healthy),
  cases('wrong-value', 'deploy/cased.lj-on', cause('wrong-value', /"Enabled"/)),
  cases('wrong-value-namespace', 'deploy/web.lj-value', {
    ...cause('wrong-value', /Namespace lj-value has/, /"true"/),
  }),
  cases('opted-out', 'deploy/optout.lj-on', cause('opted-out')),
  cases('host-network', 'deploy/agent.lj-on', cause('host-network')),
  cases('linkerd-label', 'deploy/part.lj-on', cause('linkerd-label', /control-plane-component/)),
  cases('half-injected', 'deploy/half.lj-on', cause('half-injected', /linkerd-init/)),
  cases('cronjob', 'cronjob/nightly.lj-on', healthy),
  cases('namespace-off', 'deploy/web.lj-off', cause('namespace-off')),
  cases('webhooks-off', 'deploy/web.lj-nohooks', cause('webhooks-off', /admission-webhooks/)),
  cases('istio-sidecar', 'deploy/web.lj-both', {
    ...cause('istio-sidecar', /istio-injection=enabled/),
  }),
  cases('system-namespace', 'deploy/lj-web.kube-system', cause('system-namespace')),
  cases('older-than-annotation', 'deploy/web.lj-late', {
    ...cause('older-than-annotation', /neither the namespace nor the pod/),
    demo: 'pods that are older than the annotation of their namespace',
  }),
  cases('restart-pending', 'ns/lj-late', {
    ...cause('restart-pending', /2 of 2 workloads/),
  }),
  cases('loses-proxy', 'deploy/web.lj-lose', {
    exit: 0,
    first: 'linkerd-injection/loses-proxy',
  }),
  cases('pod-security', 'deploy/web.lj-restricted', {
    ...cause('pod-security', /linkerd-init/),
  }),
  start('init-fails', 'lj-start/init', cause('init-fails', /CrashLoopBackOff/)),
  start('validator-fails', 'lj-start/validator', cause('validator-fails', /exit code 95/)),
  start('native-sidecar-unknown', 'lj-start/stuck', cause('native-sidecar-unknown')),
  {
    fault: 'linkerd-inject-down',
    scenario: 'injector-down',
    ...cause('failing-open', /scaled to 0/),
    demo: 'pods that were made while no injector answered',
  },
  {
    fault: 'linkerd-inject-down',
    scenario: 'injector-down-under-a-running-pod',
    target: () => 'deploy/web.emojivoto',
    ...cause('webhook-broken', /get no proxy/),
  },
  {
    fault: 'linkerd-inject-closed',
    scenario: 'injector-down-closed',
    ...cause('webhook-unreachable', /scaled to 0/),
  },
  {
    fault: 'linkerd-inject-closed',
    scenario: 'injector-down-closed-namespace',
    target: () => 'ns/lj-here',
    ...cause('webhook-unreachable', /1 of 1 workload/),
    also: ['linkerd-injection/webhook-broken'],
  },
  {
    fault: 'linkerd-inject-was-down',
    scenario: 'was-down',
    ...cause('while-down', /after the pod/),
  },
  {
    fault: 'linkerd-inject-was-untrusted',
    scenario: 'not-reached',
    ...cause('not-reached', /never reached/),
  },
  {
    fault: 'linkerd-inject-ca-empty',
    scenario: 'ca-empty',
    ...cause('failing-open', /caBundle is empty/),
  },
  {
    fault: 'linkerd-inject-ca-expired',
    scenario: 'ca-expired',
    ...cause('failing-open', /caBundle expired at 2021/),
  },
  {
    fault: 'linkerd-inject-ca-foreign',
    scenario: 'ca-foreign',
    ...cause('failing-open', /did not sign/),
    demo: 'a webhook that does not trust its injector',
  },
  {
    fault: 'linkerd-inject-ca-foreign',
    scenario: 'denied-port-forward',
    user: 'noexec',
    ...cause('not-reached'),
  },
  {
    fault: 'linkerd-inject-ca-closed',
    scenario: 'ca-foreign-closed',
    ...cause('webhook-untrusted', /x509/),
  },
  {
    fault: 'linkerd-inject-cert-manager',
    scenario: 'cert-manager',
    ...cause('failing-open', /did not sign/),
  },
  {
    fault: 'linkerd-inject-gone',
    scenario: 'webhook-gone',
    ...cause('no-webhook', /its webhook is gone/),
  },
  {
    fault: 'linkerd-inject-excluded',
    scenario: 'excluded',
    ...cause('excluded', /has no label mesh/),
  },
  {
    fault: 'linkerd-inject-conditions',
    scenario: 'undecided',
    exit: 4,
    first: 'linkerd-injection/undecided',
  },
  {
    fault: 'linkerd-inject-blocked',
    scenario: 'blocked',
    ...cause('failing-open', /NetworkPolicy default-deny/),
  },
  {
    fault: 'linkerd-inject-blocked-closed',
    scenario: 'blocked-closed',
    ...cause('webhook-unreachable', /context deadline exceeded/),
  },
] satisfies readonly Expected[];
