import { linkerdFault, removeViz } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-none',
  'No linkerd-viz and no other Prometheus.',
  removeViz,
);
