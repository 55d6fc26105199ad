import { signal, targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'istiod-notready',
  does: "istiod's process is stopped (SIGSTOP): it answers nobody and its readiness probe fails.",
  async break(lab) {
    const istiod = await lab.pod('istiod', 'istio-system');
    await signal(istiod, 'pilot-discovery', 'SIGSTOP');
    const name = `pod/${istiod.name}`;
    await lab.kubectl(
      '-n',
      istiod.namespace,
      'wait',
      name,
      '--for=condition=Ready=false',
      '--timeout=180s',
    );
    return { target: targetOf(await lab.pod('web')), istiod: targetOf(istiod) };
  },
  async mend(lab) {
    await signal(await lab.pod('istiod', 'istio-system'), 'pilot-discovery', 'SIGCONT');
  },
} satisfies Fault;
