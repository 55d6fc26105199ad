import { configure, linkerdFault, podOf, untilTarget } from '../linkerd-kit.ts';

const before = /(job_name: 'linkerd-proxy'\n\s+kubernetes_sd_configs:\n(\s+)- role: pod\n)/;

export default linkerdFault(
  'linkerd-metrics-limited',
  'The job of the proxies looks into the namespaces of Linkerd alone.',
  async () => {
    await configure((text) =>
      text.replace(before, '$1$2  namespaces: { names: [linkerd, linkerd-viz] }\n'),
    );
    await untilTarget(await podOf('web'), 'absent');
  },
);
