import { linkerdFault, podOf, untilTarget } from '../linkerd-kit.ts';

export default linkerdFault(
  'linkerd-metrics-viz',
  'The namespace of viz has lost its label, another one has it, and metrics-api is scaled to nothing.',
  async (lab) => {
    // A Prometheus that has just come back knows of no proxy yet, which would be said, too.
    await untilTarget(await podOf('web'), 'up');
    await lab.kubectl('label', 'namespace', 'linkerd-viz', 'linkerd.io/extension-');
    for (const name of ['old-viz', 'older-viz']) {
      await lab.apply(`apiVersion: v1
kind: Namespace
metadata: { name: ${name}, labels: { linkerd.io/extension: viz, lab.meshdoc.dev/fault: linkerd } }
`);
    }
    await lab.kubectl('-n', 'linkerd-viz', 'scale', 'deployment/metrics-api', '--replicas=0');
    await lab.kubectl(
      '-n',
      'linkerd-viz',
      'wait',
      'pod',
      '-l',
      'component=metrics-api',
      '--for=delete',
    );
  },
);
