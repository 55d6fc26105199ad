// Linkerd's control plane and program, for doctor.
import { linkerdControlPlane } from '../../facts/linkerd/control-plane.ts';
import { presenceOf, type Plane } from '../plane.ts';

export const plane: Plane = {
  id: 'linkerd',
  timeoutMs: linkerdControlPlane.timeoutMs,
  look: async (ports, named, signal) => {
    const reply = await linkerdControlPlane.fetch(ports, { named }, signal);
    if (!reply.ok) return { presence: presenceOf(reply) };
    const { namespace, config } = reply.value;
    return { presence: 'here', namespace, version: config?.version };
  },
  tools: [
    {
      name: 'linkerd',
      question: {
        ...{ ask: 'tool', tool: 'linkerd', local: true },
        args: ['version', '--client', '--short'],
      },
      version: ({ stdout }) => /^\S{1,80}$/.exec(stdout.trim())?.[0],
      peer: "Linkerd's control plane",
      // "control plane and cli versions match" (linkerd2 pkg/healthcheck/healthcheck.go): numbers of edge releases say
      // nothing of compatibility.
      apart: { equal: 'linkerd check wants them equal' },
    },
  ],
};
