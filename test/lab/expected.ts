// What `meshdoc diagnose stale` must say of each fault. The lab tests hold it to this, and `record.ts` saves
// each as a scenario, so that the same incident is diagnosed again without a lab.
import type { FaultContext } from './lab.ts';

export type Expected = {
  /** A fault of `faults/`; none is a healthy mesh. */
  readonly fault?: string;
  /** The folder under test/scenarios/stale; also the name of the test. */
  readonly scenario: string;
  /** The pod to ask about; the fault's own target when absent. */
  readonly target?: (context: FaultContext) => string;
  readonly args?: readonly string[];
  /** The lab's user that asks; `oncall` has what meshdoc needs and no more. */
  readonly user?: string;
  /** Programs taken off the PATH. */
  readonly without?: 'istioctl';
  readonly exit: number;
  /** The first finding; null when there must be none at all. */
  readonly first: string | null;
  /** What the first finding's texts must contain. */
  readonly says?: readonly RegExp[];
  /** Findings that may stand behind the first. Everything else is a false finding. */
  readonly also?: readonly string[];
  readonly demo?: string;
  readonly example?: boolean;
};

const web = () => 'deploy/web.shop';

export const expected: readonly Expected[] = [
  { scenario: 'healthy', target: web, exit: 0, first: null },
  { scenario: 'healthy-classic-sidecar', target: () => 'deploy/cart.shop', exit: 0, first: null },
  { scenario: 'healthy-without-istioctl', target: web, without: 'istioctl', exit: 0, first: null },
  { scenario: 'denied-exec', target: web, user: 'noexec', exit: 4, first: null },
  { scenario: 'denied-istio-system', target: web, user: 'noistio', exit: 4, first: null },
  {
    scenario: 'no-sidecar',
    target: () => 'plain/legacy',
    exit: 3,
    first: 'stale/no-proxy',
  },
  {
    fault: 'nack',
    scenario: 'rejected-envoyfilter',
    exit: 3,
    first: 'stale/push-rejected',
    says: [/LDS/, /EnvoyFilter shop\/add-header/, /1 of \d+ proxies/, /generation 1/],
    demo: 'a sidecar refuses the config that an EnvoyFilter made',
    example: true,
  },
  {
    fault: 'nack',
    scenario: 'rejected-without-istioctl',
    without: 'istioctl',
    exit: 3,
    first: 'stale/push-rejected',
    says: [/EnvoyFilter shop\/add-header/],
  },
  {
    fault: 'nack',
    scenario: 'rejected-denied-istio-system',
    user: 'noistio',
    exit: 3,
    first: 'stale/push-rejected',
    says: [/EnvoyFilter shop\/add-header/],
  },
  {
    fault: 'frozen',
    scenario: 'frozen',
    exit: 3,
    first: 'stale/frozen',
    says: [/answers nothing/, /CDS/, /LDS/],
    demo: 'an Envoy that is stopped while the config goes on changing',
  },
  {
    fault: 'blocked-silent',
    scenario: 'blocked-silent',
    exit: 3,
    first: 'stale/unreachable',
    says: [/15012/],
  },
  {
    fault: 'blocked-netpol',
    scenario: 'blocked-by-policy',
    exit: 3,
    first: 'stale/blocked-by-policy',
    says: [/NetworkPolicy shop\/web-egress/],
    demo: 'a NetworkPolicy that keeps a sidecar from istiod',
  },
  {
    fault: 'istiod-down',
    scenario: 'istiod-scaled-to-zero',
    target: web,
    exit: 3,
    first: 'stale/scaled-to-zero',
    says: [/all 2 proxies/, /Do not restart workloads/],
    demo: 'a control plane that is scaled to 0',
  },
  {
    fault: 'istiod-notready',
    scenario: 'istiod-not-ready',
    target: web,
    exit: 3,
    first: 'stale/istiod-down',
    says: [/readiness/],
  },
  {
    fault: 'istiod-crashloop',
    scenario: 'istiod-crash-loop',
    target: web,
    exit: 3,
    first: 'stale/istiod-down',
    says: [/CrashLoopBackOff/, /exit code 1/],
  },
  { fault: 'auth-token', scenario: 'auth-wrong-token', exit: 3, first: 'stale/wrong-token' },
  {
    fault: 'auth-root',
    scenario: 'auth-foreign-root',
    exit: 3,
    first: 'stale/foreign-root',
    says: [/x509/],
  },
  {
    fault: 'kinds',
    scenario: 'kind-bare',
    target: () => 'kinds/bare',
    exit: 3,
    first: 'stale/no-proxy',
  },
  {
    fault: 'kinds',
    scenario: 'kind-ambient',
    target: () => 'kinds/ambient',
    exit: 3,
    first: 'stale/ambient',
  },
  {
    fault: 'kinds',
    scenario: 'kind-gateway',
    target: (context) => context['gateway'] ?? '',
    exit: 0,
    first: null,
  },
  {
    fault: 'kinds',
    scenario: 'kind-proxyless',
    target: () => 'kinds/grpc',
    exit: 3,
    first: 'stale/proxyless',
  },
  {
    fault: 'kinds',
    scenario: 'kind-pending',
    target: () => 'kinds/pending',
    exit: 3,
    first: 'stale/pending',
  },
  {
    fault: 'kinds',
    scenario: 'kind-completed',
    target: () => 'job/report.kinds',
    exit: 3,
    first: 'stale/finished',
  },
  {
    fault: 'kinds',
    scenario: 'kind-crash-loop',
    target: () => 'kinds/crashing',
    exit: 3,
    first: 'stale/app-crashing',
    also: ['stale/not-connected', 'stale/envoy-down'],
  },
  { fault: 'canary', scenario: 'canary-revision', exit: 0, first: null },
  {
    fault: 'two-istiods',
    scenario: 'two-istiods',
    exit: 0,
    first: 'stale/half-open',
    says: [/istiod-/],
  },
  { fault: 'vs-host', scenario: 'vs-host-missing', exit: 3, first: 'stale/host-missing' },
  { fault: 'vs-subset', scenario: 'vs-subset-missing', exit: 3, first: 'stale/subset-missing' },
  { fault: 'export-to', scenario: 'vs-not-exported', exit: 3, first: 'stale/not-exported' },
  {
    fault: 'sidecar-scope',
    scenario: 'outside-sidecar-scope',
    exit: 3,
    first: 'stale/outside-sidecar-scope',
  },
  { fault: 'vs-gateway-only', scenario: 'vs-gateway-only', exit: 3, first: 'stale/gateway-only' },
  { fault: 'vs-duplicate', scenario: 'vs-older-wins', exit: 3, first: 'stale/older-wins' },
  { fault: 'unrelated-analysis', scenario: 'unrelated-analysis', exit: 0, first: null },
  {
    fault: 'big-config',
    scenario: 'big-config',
    exit: 0,
    first: 'stale/too-much-config',
    says: [/1,\d\d\d clusters/],
  },
];

/** Faults in the order of the table, each once: a fault is produced once for all its runs. */
export function byFault(): ReadonlyMap<string, readonly Expected[]> {
  const groups = new Map<string, Expected[]>();
  for (const one of expected) {
    const key = one.fault ?? '';
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}
