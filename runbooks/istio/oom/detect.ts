// The cheap sign that `oom` fits a pod.
import { cite, detector, valueOf } from '../../../src/authoring.ts';
import { agentEnd } from '../../../src/facts/istio/agent-end.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { proxyName } from '../../../src/model/istio/mesh-pod.ts';
import { deaths, endText, eviction, proxyHasEnded } from './deaths.ts';

export const detect = detector({
  asks: 'Was a container of the pod OOM-killed?',
  rulesOut: 'an OOM-killed container',
  uses: [pod, agentEnd],
  gather: async (look, { pod: ref }) => {
    const about = await look(pod, { pod: ref });
    const value = valueOf(about);
    const ended = value !== undefined && proxyHasEnded(value);
    const agent = ended ? await look(agentEnd, { pod: ref, container: proxyName }) : undefined;
    return { about, agent };
  },
  judge: ({ about, agent }) => {
    if (about.kind !== 'known') return undefined;
    const from = cite(about, agent);
    if (eviction(about.value)) return { says: 'The pod was evicted.', from };
    const [first] = deaths({ pod: about.value, agent: valueOf(agent) });
    if (!first) return undefined;
    return { says: `Container ${first.container.name} terminated: ${endText(first.end)}.`, from };
  },
});
