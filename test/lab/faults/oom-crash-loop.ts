import { setCrash, signal, targetOf, untilCrashLoops } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { annotateTemplate, forgetAnnotations } from '../oom-kit.ts';

const FOUR = {
  'sidecar.istio.io/proxyCPU': '10m',
  'sidecar.istio.io/proxyCPULimit': '100m',
  'sidecar.istio.io/proxyMemory': '32Mi',
  'sidecar.istio.io/proxyMemoryLimit': '64Mi',
};
const KILLED = { exitCode: 137, reason: 'OOMKilled', log: ['info\tStarting proxy agent'] };

export default {
  name: 'oom-crash-loop',
  does: 'The sidecar may have 64Mi, which is less than it needs to start: it ends again and again.',
  async break(lab) {
    const pod = await annotateTemplate(lab, 'cart', FOUR);
    await setCrash(pod, 'istio-proxy', KILLED);
    await signal(pod, 'pilot-agent', 'SIGKILL');
    await untilCrashLoops(pod, 'istio-proxy');
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await setCrash(await lab.pod('cart'), 'istio-proxy');
    await forgetAnnotations(lab, 'cart');
  },
} satisfies Fault;
