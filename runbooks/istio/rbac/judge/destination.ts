// What `rbac` says of a destination that no proxy protects.
import { stop, podText, type Answer } from '../../../../src/authoring.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { Input, RbacSay } from '../judge.ts';

export function destination(
  { about }: { readonly about: Answer<Pod> },
  say: RbacSay,
  { dst }: Input,
): void | typeof stop {
  if (about.kind !== 'known') return;
  const { is } = meshRole(about.value);
  if (is !== 'none' && is !== 'control-plane' && is !== 'proxyless') return;
  const { namespace, name } = dst.pod;
  say('no-proxy', { pod: podText(dst.pod), namespace, name }, about);
  return stop;
}
