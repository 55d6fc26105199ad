import { linkerdFault } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-healthy',
  'installs Linkerd, viz and emojivoto, and breaks nothing',
  () => Promise.resolve(),
);
