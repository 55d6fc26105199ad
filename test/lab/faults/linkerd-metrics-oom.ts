import { endProcess, setCrash } from '../fault-kit.ts';
import type { Lab, LabPod } from '../lab.ts';
import { linkerdFault, podOf } from '../linkerd-kit.ts';

const COMMANDS = { prometheus: /^prometheus /, web: /fake-controller\.cjs web / };

async function crashLoop(
  lab: Lab,
  pod: LabPod,
  container: keyof typeof COMMANDS,
  reason: 'OOMKilled' | 'Error',
): Promise<void> {
  const exitCode = reason === 'OOMKilled' ? 137 : 1;
  await setCrash(pod, container, { exitCode, reason, log: ['starting'] });
  await endProcess(pod, COMMANDS[container]);
  const status = `.status.containerStatuses[?(@.name=="${container}")]`;
  const waiting = `--for=jsonpath={${status}.state.waiting.reason}=CrashLoopBackOff`;
  await lab.kubectl('-n', pod.namespace, 'wait', `pod/${pod.name}`, waiting, '--timeout=180s');
}

export default linkerdFault(
  'linkerd-metrics-oom',
  "viz's Prometheus is killed for memory again and again, its dashboard fails, and the Service of Prometheus is gone.",
  async (lab) => {
    await crashLoop(lab, await podOf('prometheus', 'linkerd-viz'), 'prometheus', 'OOMKilled');
    await crashLoop(lab, await podOf('web', 'linkerd-viz'), 'web', 'Error');
    await lab.kubectl('-n', 'linkerd-viz', 'delete', 'service', 'prometheus');
  },
);
