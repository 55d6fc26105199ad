/** Every version the lab is made of. The cache folders carry them, so a change here rebuilds. */
export const KUBERNETES = '1.36.3';
export const KUBERNETES_STAGING = '0.36.3';
export const KWOK = '0.8.0';
export const GATEWAY_API = '1.6.0';
export const ENVOY = '1.40.0';
export const ISTIO = '1.31.1';
/** As linkerd-viz has it. Debian's package cannot discover pods: it is built without client-go. */
export const PROMETHEUS = '2.55.1';
export const PROMETHEUS_MODULE = 'v0.55.1';

// Istio's release tags are not served as Go modules; this is the commit of the 1.31 line
// and it only resolves together with the four companions below.
export const ISTIO_MODULE = 'v0.0.0-20260827124520-eed52ebb66ad';
export const ISTIO_COMPANIONS: Record<string, string> = {
  'istio.io/api': 'v1.31.1',
  'istio.io/client-go': 'v1.31.1',
  'github.com/envoyproxy/go-control-plane/envoy': 'v1.40.0',
  'github.com/envoyproxy/go-control-plane/contrib': 'v1.36.1-0.20260729145720-a2d8c7492908',
};

const [major, minor] = KUBERNETES.split('.');

/** Without a version the API server says 0.0.0 and tools refuse to talk to it. */
export const kubernetesLdflags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .flatMap((pkg) => [
    `-X ${pkg}.gitVersion=v${KUBERNETES}`,
    `-X ${pkg}.gitMajor=${major}`,
    `-X ${pkg}.gitMinor=${minor}`,
    `-X ${pkg}.gitTreeState=clean`,
  ])
  .join(' ');

export const kwokLdflags = `-X sigs.k8s.io/kwok/pkg/consts.Version=v${KWOK}`;

export const istioLdflags = Object.entries({
  buildVersion: ISTIO,
  buildGitRevision: ISTIO_MODULE.split('-').at(-1),
  buildStatus: 'Clean',
  buildTag: ISTIO,
  buildHub: 'docker.io/istio',
})
  .map(([name, value]) => `-X istio.io/istio/pkg/version.${name}=${value}`)
  .join(' ');

export const prometheusLdflags = `-X github.com/prometheus/common/version.Version=${PROMETHEUS}`;
