import { endProcess, setCrash, untilCrashLoops } from '../fault-kit.ts';
import { annotateTemplate, linkerdFault } from '../linkerd-kit.ts';

const KILLED = { exitCode: 137, reason: 'OOMKilled', log: [] };

export default linkerdFault(
  'linkerd-proxy-oom',
  "web's linkerd-proxy may have 64Mi, and is killed for memory again and again.",
  async () => {
    const pod = await annotateTemplate('web', { 'config.linkerd.io/proxy-memory-limit': '64Mi' });
    await setCrash(pod, 'linkerd-proxy', KILLED);
    await endProcess(pod, /fake-proxy\.cjs /);
    await untilCrashLoops(pod, 'linkerd-proxy');
    return { target: `${pod.namespace}/${pod.name}` };
  },
);
