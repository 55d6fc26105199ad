import {
  addPrometheus,
  linkerdFault,
  MONITORING,
  podOf,
  removeViz,
  untilTarget,
} from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-no-monitor',
  'Without viz: kube-prometheus-stack has no PodMonitor for proxies.',
  async () => {
    await removeViz();
    await addPrometheus({ jobs: [] });
    await untilTarget(await podOf('web'), 'absent', /.*/, MONITORING);
  },
);
