import { configure, linkerdFault, podOf, untilTarget } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-no-job',
  "The job of the proxies is missing in the configuration of viz's Prometheus.",
  async () => {
    await configure((text) => text.replace(/- job_name: 'linkerd-proxy'[^]*$/, ''));
    await untilTarget(await podOf('web'), 'absent');
  },
);
