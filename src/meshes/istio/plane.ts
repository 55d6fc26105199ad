// Istio's control plane and program, for doctor.
import { istioctlVersionQuestion } from '../../facts/istio/istioctl-version.ts';
import { controlPlane } from '../../facts/istio/istiods.ts';
import { parseJson, text } from '../../model/kube/read.ts';
import { presenceOf, type Plane } from '../plane.ts';
import { root } from './istio.ts';

export const plane: Plane = {
  id: 'istio',
  timeoutMs: controlPlane.timeoutMs,
  look: async (ports, named, signal) => {
    const reply = await controlPlane.fetch(ports, { root: named ?? root.usual }, signal);
    if (!reply.ok) return { presence: presenceOf(reply) };
    const { istiods, deployments } = reply.value;
    return {
      presence: istiods.length + deployments.length > 0 ? 'here' : 'absent',
      version: controlPlane.versions?.(reply.value)['istiod'],
    };
  },
  tools: [
    {
      name: 'istioctl',
      question: istioctlVersionQuestion,
      version: ({ stdout }) => text(parseJson(stdout), 'clientVersion', 'version'),
      peer: 'istiod',
      // Istio recommends the very version of the control plane (istio.io docs/ops/diagnostic-tools/istioctl) and states no
      // limit; one minor is what it allows a control plane to be ahead of its proxies (docs/releases/supported-releases).
      apart: 'one minor version',
    },
  ],
};
