import { configure, linkerdFault, podOf, untilTarget } from '../linkerd-kit.ts';

const drop = `
  metric_relabel_configs:
  - source_labels: [__name__]
    regex: re(quest|sponse)_total
    action: drop
`;

export default linkerdFault(
  'linkerd-metrics-dropped',
  'The job of the proxies throws their requests away.',
  async () => {
    await configure((text) => text.replace(/(job_name: 'linkerd-proxy')\n/, `$1${drop}`));
    await untilTarget(await podOf('web'), 'up');
  },
);
