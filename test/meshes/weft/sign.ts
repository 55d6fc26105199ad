// How pods show Weft.
import type { Sign } from '../../../src/meshes/sign.ts';

const inject = 'weft.dev/inject';

export const sign: Sign = {
  id: 'weft',
  member: ({ containers }) =>
    containers.some(({ name }) => name === 'weft-proxy') ? 'a sidecar' : undefined,
  asked: ({ labels }, around) => (labels[inject] ?? around.labels[inject]) === 'true',
  meant: (labels) => labels[inject] !== undefined,
  optedOut: ({ labels }) => labels[inject] === 'false',
  isControl: () => false,
  version: () => undefined,
  keepsOut: () => ({ field: 'labels', key: inject, value: 'false' }),
};
