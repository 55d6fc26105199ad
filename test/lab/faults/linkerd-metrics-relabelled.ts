import { configure, linkerdFault, podOf, targets } from '../linkerd-kit.ts';
import { until } from '../sh.ts';

export default linkerdFault(
  'linkerd-metrics-relabelled',
  'The job of the proxies does not name pods and namespaces.',
  async () => {
    await configure((text) =>
      text.replace(
        /- source_labels: \[__meta_kubernetes_(namespace|pod_name)\]\n\s+action: replace\n\s+target_label: (namespace|pod)\n/g,
        '',
      ),
    );
    const { ip } = await podOf('web');
    const read = (all: Awaited<ReturnType<typeof targets>>) =>
      all.some(({ scrapeUrl, health }) => scrapeUrl.includes(`${ip}:4191`) && health === 'up');
    await until('the proxy of web to be read', async () => read(await targets()));
  },
);
