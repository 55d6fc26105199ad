// The cheap sign that `rbac` fits: the pod's own proxy has just logged refused requests.
import { cite, count, detector, type Answer, type Sign } from '../../../src/authoring.ts';
import { denialLog, type DenialLog } from '../../../src/facts/istio/denial-log.ts';
import { meshRole, proxyName, proxyOf } from '../../../src/model/istio/mesh-pod.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';

const recentMs = 120_000;

export const detect = detector({
  asks: 'Is its proxy refusing requests?',
  rulesOut: 'requests refused by policy (as far as its access log shows)',
  uses: [pod, denialLog],
  gather: async (look, { pod: ref }) => {
    const about = await look(pod, { pod: ref });
    const proxy = about.kind === 'known' ? proxyOf(meshRole(about.value)) : undefined;
    return { about, log: proxy && (await look(denialLog, { pod: ref, container: proxyName })) };
  },
  judge: ({ about, log }) => signOf(about, log),
});

function signOf(about: Answer<Pod>, log: Answer<DenialLog> | undefined): Sign | undefined {
  if (log?.kind !== 'known') return undefined;
  const now = Date.parse(log.evidence.at);
  const recent = log.value.refused.filter(
    ({ at, by }) => by.is !== 'application' && (at === undefined || now - at < recentMs),
  );
  const times = recent.reduce((sum, one) => sum + one.times, 0);
  if (times === 0) return undefined;
  const says = `Its proxy refused ${count(times, 'request')} in the last 10 minutes.`;
  return { says, from: cite(log, about) };
}
