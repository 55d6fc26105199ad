// Weft's control plane and program, for doctor.
import { presenceOf, type Plane } from '../../../src/meshes/plane.ts';
import { loom } from './loom.ts';

export const plane: Plane = {
  id: 'weft',
  timeoutMs: loom.timeoutMs,
  look: async (ports, named, signal) => {
    const reply = await loom.fetch(ports, { root: named ?? 'weft-system' }, signal);
    return { presence: presenceOf(reply) };
  },
  tools: [
    {
      name: 'weftctl',
      question: { ask: 'tool', tool: 'weftctl', local: true, args: ['version', '--client'] },
      version: ({ stdout }) => /^[\d.]+/.exec(stdout)?.[0],
      peer: "Weft's control plane",
      apart: 'one minor version',
    },
  ],
};
