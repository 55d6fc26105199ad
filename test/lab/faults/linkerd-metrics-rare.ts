import { configure, linkerdFault, podOf, restart, untilSeries } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-rare',
  'The proxies are read every 31 seconds, emoji was made without tap, and the API of tap is down.',
  async (lab) => {
    await configure((text) =>
      text.replace(/(job_name: 'linkerd-proxy')\n/, '$1\n  scrape_interval: 31s\n'),
    );
    await lab.kubectl('-n', 'linkerd-viz', 'scale', 'deployment/tap', '--replicas=0');
    const webhook = ['mutatingwebhookconfiguration', 'linkerd-tap-injector-webhook-config'];
    await lab.kubectl('delete', ...webhook, '--ignore-not-found');
    await restart('emoji');
    const { name } = await podOf('emoji');
    await untilSeries(`request_total{pod="${name}",target_port!="4191"}`);
    const down = '--for=condition=Available=false';
    await lab.kubectl('wait', 'apiservice/v1alpha1.tap.linkerd.io', down, '--timeout=180s');
    return { target: 'deploy/emoji.emojivoto' };
  },
);
