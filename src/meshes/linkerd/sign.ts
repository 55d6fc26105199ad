// How pods show Linkerd.
import type { Pod } from '../../facts/kube/pod.ts';
import { linkerdRole, proxyContainer, proxyVersion } from '../../model/linkerd/mesh-pod.ts';
import type { Sign } from '../sign.ts';

const inject = 'linkerd.io/inject';

export const sign: Sign = {
  id: 'linkerd',
  member,
  // linkerd2 pkg/inject/report.go
  asked: (pod, { annotations }) => {
    const said = pod.annotations[inject] ?? annotations[inject];
    return said === 'enabled' || said === 'ingress';
  },
  meant: (labels, annotations) =>
    [labels, annotations].some((at) => (at[inject] ?? 'disabled') !== 'disabled'),
  // linkerd2 pkg/inject/inject.go
  optedOut: ({ annotations }) => annotations[inject] === 'disabled',
  isControl: (pod) => linkerdRole(pod).is === 'control-plane',
  version: (pod) =>
    pod.containers.some(({ name }) => name === proxyContainer) ? proxyVersion(pod) : undefined,
  keepsOut: () => ({ field: 'annotations', key: inject, value: 'disabled' }),
};

function member(pod: Pod): string | undefined {
  const role = linkerdRole(pod);
  if (role.is === 'none') return undefined;
  if (role.is === 'control-plane') return `the control plane (${role.component})`;
  return role.native ? 'a native sidecar' : 'a sidecar';
}
