// How pods show Istio.
import type { Pod } from '../../facts/kube/pod.ts';
import { meshRole } from '../../model/istio/mesh-pod.ts';
import { imageVersion } from '../../model/istio/version.ts';
import type { Around, Sign } from '../sign.ts';

const inject = 'sidecar.istio.io/inject';
const mode = 'istio.io/dataplane-mode';
const ambient = 'ambient mode';
const keys = ['istio-injection', 'istio.io/rev', inject, mode];
/** Of these keys; the first: it is not there. */
const outWords: ReadonlySet<string> = new Set(['', 'false', 'disabled', 'none']);

export const sign: Sign = {
  id: 'istio',
  member,
  asked,
  meant: (labels, annotations) =>
    [labels, annotations].some((at) => keys.some((key) => !outWords.has(at[key] ?? ''))),
  // istio pkg/kube/inject/inject.go injectRequired
  optedOut: ({ labels, annotations }) =>
    labels[inject] === 'false' || annotations[inject] === 'false',
  isControl: ({ labels }) => labels['app'] === 'istiod',
  version: ({ containers }) => {
    const names = ['discovery', 'istio-proxy'];
    const image = containers.find(({ name }) => names.includes(name))?.image;
    return image === undefined ? undefined : imageVersion(image);
  },
  // istio pkg/kube/inject/inject.go, cni/pkg/util/podutil.go
  keepsOut: (as) =>
    as === ambient
      ? { field: 'labels', key: mode, value: 'none' }
      : { field: 'labels', key: inject, value: 'false' },
};

function member(pod: Pod): string | undefined {
  const role = meshRole(pod);
  switch (role.is) {
    case 'sidecar':
      return role.native ? 'a native sidecar' : 'a sidecar';
    case 'ambient':
      return ambient;
    case 'proxyless':
      return 'proxyless gRPC';
    case 'custom':
      return 'an injection template of its own';
    case 'none':
      return undefined;
    case 'control-plane':
      return 'the control plane';
    default:
      return `a ${role.is}`;
  }
}

/** istio pkg/kube/inject and charts. */
function asked(pod: Pod, { labels }: Around): boolean {
  return (
    labels['istio-injection'] === 'enabled' ||
    labels['istio.io/rev'] !== undefined ||
    labels[mode] === 'ambient' ||
    pod.labels[mode] === 'ambient' ||
    pod.labels[inject] === 'true'
  );
}
