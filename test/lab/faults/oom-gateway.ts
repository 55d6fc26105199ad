import { removeNamespaces, targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { manifest, rolledOut } from '../install.ts';
import { killForMemory } from '../oom-kit.ts';

export default {
  name: 'oom-gateway',
  does: 'A gateway ends at its memory limit: annotations do not reach its container.',
  async break(lab) {
    await lab.apply(await manifest('kinds.yaml'));
    await lab.apply(await manifest('gateway.yaml'));
    const limits = ['set', 'resources', 'deployment/istio-ingressgateway', '-c', 'istio-proxy'];
    await lab.kubectl('-n', 'kinds', ...limits, '--limits=memory=192Mi');
    await rolledOut('kinds', 'istio-ingressgateway');
    const pod = await lab.pod('istio-ingressgateway', 'kinds');
    await killForMemory(lab, pod, 'container', 'OOMKilled');
    return { target: targetOf(pod) };
  },
  async mend() {
    await removeNamespaces('kinds');
  },
} satisfies Fault;
