import { endProcess, setCrash, untilCrashLoops } from '../fault-kit.ts';
import type { LabPod } from '../lab.ts';
import { linkerdFault, podOf } from '../linkerd-kit.ts';

const COMMANDS = { prometheus: /^prometheus /, web: /fake-controller\.cjs web / };

async function crashLoop(
  pod: LabPod,
  container: keyof typeof COMMANDS,
  reason: 'OOMKilled' | 'Error',
): Promise<void> {
  const exitCode = reason === 'OOMKilled' ? 137 : 1;
  await setCrash(pod, container, { exitCode, reason, log: ['starting'] });
  await endProcess(pod, COMMANDS[container]);
  await untilCrashLoops(pod, container);
}

export default linkerdFault(
  'linkerd-metrics-oom',
  "viz's Prometheus is killed for memory again and again, its dashboard fails, and the Service of Prometheus is gone.",
  async (lab) => {
    await crashLoop(await podOf('prometheus', 'linkerd-viz'), 'prometheus', 'OOMKilled');
    await crashLoop(await podOf('web', 'linkerd-viz'), 'web', 'Error');
    await lab.kubectl('-n', 'linkerd-viz', 'delete', 'service', 'prometheus');
  },
);
