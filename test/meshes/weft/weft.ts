// Weft: a mesh that nobody has, to see that a folder is all that a mesh takes.
import type { Mesh, Program } from '../../../src/core/mesh.ts';
import { NAMESPACE } from '../../../src/meshes/forms.ts';

declare module '../../../src/core/input.ts' {
  interface MeshChoice {
    readonly weft?: string | undefined;
  }
}

const weftctl: Program = {
  name: 'weftctl',
  commands: [{ words: ['version'], flags: { ...NAMESPACE, '--client': null } }],
  reach: { dash: '--', flags: 'first', knows: ['as'] },
};

export const weft: Mesh = {
  id: 'weft',
  title: 'Weft',
  root: {
    key: 'weft',
    short: '-w',
    long: '--weft-namespace',
    says: 'namespace of Weft (weft-system)',
    usual: 'weft-system',
    unsaid: 'usual',
  },
  programs: [weftctl],
  words: { products: 'weft weftctl loom', domains: ['weft.dev'] },
};
