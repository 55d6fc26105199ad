// The cheap sign that `linkerd-policy` fits: what the pod's own proxy has just logged as denied.
import { cite, count, detector } from '../../../src/authoring.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import { proxyStart } from '../../../src/model/linkerd/policy/picture.ts';
import { linkerdDenials } from '../../../src/facts/linkerd/policy/denial-log.ts';

const recentMs = 120_000;

export const detect = detector({
  asks: 'Does its Linkerd proxy deny requests?',
  rulesOut: 'requests denied by policy, according to the log of the proxy',
  uses: [pod, linkerdDenials],
  gather: async (look, { pod: ref }) => {
    const about = await look(pod, { pod: ref });
    const meshed = about.kind === 'known' && linkerdRole(about.value).is === 'meshed';
    return { about, log: meshed ? await look(linkerdDenials, { pod: ref }) : undefined };
  },
  judge: ({ about, log }) => {
    if (log?.kind !== 'known' || about.kind !== 'known') return undefined;
    const now = Date.parse(log.evidence.at);
    const start = proxyStart({ pod: about.value });
    const recent = log.value.filter(
      ({ at }) => at === undefined || start === undefined || now - (start + at * 1000) < recentMs,
    );
    const times = recent.reduce((sum, one) => sum + one.times, 0);
    if (times === 0) return undefined;
    const says = `Its proxy denied ${count(times, 'request')} in the last two minutes.`;
    return { says, from: cite(log, about) };
  },
});
