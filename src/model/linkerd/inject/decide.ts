// The second gate: what Linkerd's injector does with a pod when its webhook is called
// (linkerd2 pkg/inject/report.go newReport and Injectable, pkg/healthcheck/sidecar.go HasExistingSidecars).
import type { Container } from '../../kube/container.ts';
import type { Labels } from '../../kube/labels.ts';
import { injectAnnotation } from '../mesh-pod.ts';

/** The parts of a pod template that the injector reads. */
export type Shape = {
  readonly annotations: Labels;
  readonly hostNetwork: boolean;
  readonly automount: boolean | undefined;
  readonly containers: readonly Pick<Container, 'name' | 'image' | 'role'>[];
};

export type Rule =
  | { readonly is: 'host-network' }
  | { readonly is: 'has-sidecar'; readonly container: string; readonly of: 'Linkerd' | 'Istio' }
  /** `said`: "disabled", where the namespace has that annotation. */
  | { readonly is: 'not-asked'; readonly said: string | undefined }
  | { readonly is: 'opted-out' }
  | { readonly is: 'bad-value'; readonly on: 'namespace' | 'pod'; readonly value: string }
  | { readonly is: 'no-token' };
export type Decision =
  | { readonly is: 'inject'; readonly by: 'namespace' | 'pod' }
  /** Every rule that prevents injection, in the order of the injector's own messages. */
  | { readonly is: 'skip'; readonly rules: readonly [Rule, ...Rule[]] };

/** The install values that decide. */
export type Settings = {
  /** `identity.serviceAccountTokenProjection`: with it (the default) no other token is needed. */
  readonly tokenProjection: boolean;
};

const enabling: readonly string[] = ['enabled', 'ingress'];
const known: readonly string[] = ['', 'disabled', ...enabling];

export function decide(settings: Settings, namespace: Labels, pod: Shape): Decision {
  const asked = askedBy(namespace[injectAnnotation] ?? '', pod.annotations[injectAnnotation] ?? '');
  const sidecar = sidecarOf(pod.containers);
  const rules: readonly Rule[] = [
    ...(pod.hostNetwork ? [{ is: 'host-network' } as const] : []),
    ...(sidecar ? [sidecar] : []),
    ...(asked.is === 'yes' ? [] : [asked]),
    ...(!settings.tokenProjection && pod.automount === false ? [{ is: 'no-token' } as const] : []),
  ];
  const [first, ...others] = rules;
  if (first) return { is: 'skip', rules: [first, ...others] };
  return { is: 'inject', by: asked.is === 'yes' ? asked.by : 'pod' };
}

/**
 * An unknown value comes before all others; on the namespace, even before "enabled" on the pod. A pod can only opt out
 * of what its namespace asks for: elsewhere "disabled" has no effect.
 */
function askedBy(
  namespace: string,
  pod: string,
): Rule | { readonly is: 'yes'; readonly by: 'namespace' | 'pod' } {
  if (!known.includes(namespace)) return { is: 'bad-value', on: 'namespace', value: namespace };
  if (!known.includes(pod)) return { is: 'bad-value', on: 'pod', value: pod };
  if (enabling.includes(namespace)) {
    return pod === 'disabled' ? { is: 'opted-out' } : { is: 'yes', by: 'namespace' };
  }
  if (enabling.includes(pod)) return { is: 'yes', by: 'pod' };
  return { is: 'not-asked', said: namespace || undefined };
}

/** By container name or image prefix; an image from a private registry is only known by the container name. */
export function sidecarOf(
  containers: Shape['containers'],
): Extract<Rule, { is: 'has-sidecar' }> | undefined {
  const of = (mesh: 'Linkerd' | 'Istio', proxy: readonly string[], init: readonly string[]) => {
    const found =
      containers.find(({ name, image }) => isOne(name, image, proxy)) ??
      containers.find(({ name, image, role }) => role !== 'main' && isOne(name, image, init));
    return found && ({ is: 'has-sidecar', container: found.name, of: mesh } as const);
  };
  return (
    of(
      'Linkerd',
      ['linkerd-proxy', 'cr.l5d.io/linkerd/proxy:'],
      ['linkerd-init', 'cr.l5d.io/linkerd/proxy-init:'],
    ) ??
    of(
      'Istio',
      ['istio-proxy', 'gcr.io/istio-release/proxyv2:'],
      ['istio-init', 'gcr.io/istio-release/proxy_init:'],
    )
  );
}

function isOne(name: string, image: string, [known, prefix]: readonly string[]): boolean {
  return name === known || (prefix !== undefined && image.startsWith(prefix));
}
