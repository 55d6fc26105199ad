import { configure, linkerdFault, podOf, untilSeries } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-rare',
  'The proxies are read every 31 seconds, and the API of tap is down.',
  async (lab) => {
    await configure((text) =>
      text.replace(/(job_name: 'linkerd-proxy')\n/, '$1\n      scrape_interval: 31s\n'),
    );
    await lab.kubectl('-n', 'linkerd-viz', 'scale', 'deployment/tap', '--replicas=0');
    const { name } = await podOf('web');
    await untilSeries(`request_total{pod="${name}",target_port!="4191"}`);
    const down = '--for=condition=Available=false';
    await lab.kubectl('wait', 'apiservice/v1alpha1.tap.linkerd.io', down, '--timeout=60s');
  },
);
