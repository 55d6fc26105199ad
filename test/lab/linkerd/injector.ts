// What linkerd2's proxy injector decides, and why not (linkerd2 pkg/inject/report.go, pkg/healthcheck/sidecar.go).
import type { Meta } from './kube.ts';

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
  readonly [field: string]: unknown;
};
export type InjectedPod = {
  readonly metadata: Partial<Meta> & { readonly generateName?: string };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly automountServiceAccountToken?: boolean;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly object[];
  };
};
export type Values = {
  readonly linkerdVersion: string;
  readonly identity: { readonly serviceAccountTokenProjection: boolean };
  readonly proxy: {
    readonly nativeSidecar: boolean;
    readonly opaquePorts: string;
    readonly defaultInboundPolicy: string;
  };
};

type Annotations = Readonly<Record<string, string>>;

export const INJECT = 'linkerd.io/inject';
const VALID = new Set([undefined, '', 'enabled', 'disabled', 'ingress']);
const ENABLED = new Set(['enabled', 'ingress']);

const REASONS = {
  host_network_enabled: 'hostNetwork is enabled',
  sidecar_already_exists: 'pod has a sidecar injected already',
  injection_enable_annotation_absent:
    'neither the namespace nor the pod have the annotation "linkerd.io/inject:enabled"',
  injection_disable_annotation_present: 'pod has the annotation "linkerd.io/inject:disabled"',
  invalid_inject_annotation_at_workload:
    'invalid value for annotation "linkerd.io/inject" at workload',
  invalid_inject_annotation_at_ns: 'invalid value for annotation "linkerd.io/inject" at namespace',
  disabled_automount_service_account_token_account:
    'automountServiceAccountToken set to "false", with Values.identity.serviceAccountTokenProjection set to "false"',
} as const;

export type Reason = keyof typeof REASONS;
export const sentence = (reasons: readonly Reason[]): string =>
  reasons.map((reason) => REASONS[reason]).join(', ');

export type Decision = {
  /** None: it is injected. */
  readonly reasons: readonly Reason[];
  readonly annotationAt: '' | 'namespace' | 'workload';
};

function byAnnotation(namespace: Annotations, pod: Annotations): Decision {
  const no = (reason: Reason, annotationAt: Decision['annotationAt'] = ''): Decision => ({
    reasons: [reason],
    annotationAt,
  });
  const [ns, own] = [namespace[INJECT], pod[INJECT]];
  if (!VALID.has(ns)) return no('invalid_inject_annotation_at_ns');
  if (!VALID.has(own)) return no('invalid_inject_annotation_at_workload');
  if (ENABLED.has(ns ?? '')) {
    return own === 'disabled'
      ? no('injection_disable_annotation_present', 'workload')
      : { reasons: [], annotationAt: 'namespace' };
  }
  if (!ENABLED.has(own ?? '')) return no('injection_enable_annotation_absent');
  return { reasons: [], annotationAt: 'workload' };
}

function hasSidecar({ spec }: InjectedPod): boolean {
  const init = spec.initContainers ?? [];
  const proxies = ['cr.l5d.io/linkerd/proxy:', 'gcr.io/istio-release/proxyv2:'];
  const inits = ['cr.l5d.io/linkerd/proxy-init:', 'gcr.io/istio-release/proxy_init:'];
  const is = ({ name, image }: Container, names: string[], images: string[]): boolean =>
    names.includes(name) || images.some((each) => image.startsWith(each));
  return (
    [...init, ...spec.containers].some((each) =>
      is(each, ['linkerd-proxy', 'istio-proxy'], proxies),
    ) || init.some((each) => is(each, ['linkerd-init', 'istio-init'], inits))
  );
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';

function hasToken({ spec }: InjectedPod, { identity }: Values): boolean {
  if (identity.serviceAccountTokenProjection) return true;
  const mounted = spec.containers[0]?.volumeMounts?.some((each) => each.mountPath === TOKEN);
  return spec.automountServiceAccountToken !== false && mounted === true;
}

export function decide(pod: InjectedPod, namespace: Annotations, values: Values): Decision {
  const annotated = byAnnotation(namespace, pod.metadata.annotations ?? {});
  const reasons: Reason[] = [];
  if (pod.spec.hostNetwork) reasons.push('host_network_enabled');
  if (hasSidecar(pod)) reasons.push('sidecar_already_exists');
  reasons.push(...annotated.reasons);
  if (!hasToken(pod, values)) reasons.push('disabled_automount_service_account_token_account');
  return { reasons, annotationAt: annotated.annotationAt };
}
