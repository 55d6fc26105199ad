import { setCrash } from '../fault-kit.ts';
import { linkerdFault, podOf, untilTarget } from '../linkerd-kit.ts';
import oom from './linkerd-metrics-oom.ts';

export default linkerdFault(
  'linkerd-metrics-was-oom',
  "viz's Prometheus was killed for memory and runs again.",
  async (lab) => {
    await oom.break(lab);
    const pods = [await podOf('prometheus', 'linkerd-viz'), await podOf('web', 'linkerd-viz')];
    for (const pod of pods) {
      await setCrash(pod, pod.name.startsWith('web') ? 'web' : 'prometheus');
      const ready = ['--for=condition=Ready', '--timeout=120s'];
      await lab.kubectl('-n', 'linkerd-viz', 'wait', `pod/${pod.name}`, ...ready);
    }
    await lab.apply(`apiVersion: v1
kind: Service
metadata: { name: prometheus, namespace: linkerd-viz }
spec:
  selector: { linkerd.io/extension: viz, component: prometheus }
  ports: [{ name: admin, port: 9090, targetPort: 9090 }]
`);
    await untilTarget(await podOf('web'), 'up');
  },
);
