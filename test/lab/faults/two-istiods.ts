import { clearRules, forgetNudge, nudge, setRules, targetOf, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { rolledOut } from '../install.ts';

const ISTIOD = ['-n', 'istio-system'];
const patchArgs = (op: object): string => JSON.stringify([op]);
const ARGS = '/spec/template/spec/containers/0/args';

export default {
  name: 'two-istiods',
  does: "Of two istiods, the first keeps web's dead stream half-open while the proxy is served by the second.",
  async break(lab) {
    // The default keepalive would close the dead stream after some 40 s, under a test's feet.
    const args = patchArgs({ op: 'add', path: `${ARGS}/-`, value: '--keepaliveInterval=2h' });
    await lab.kubectl(...ISTIOD, 'patch', 'deployment', 'istiod', '--type=json', '-p', args);
    await rolledOut('istio-system', 'istiod');
    const pod = await lab.pod('web');
    await untilStates(pod, 'connected', (entries) => entries.length === 1);
    const first = await lab.pod('istiod', 'istio-system');
    await lab.kubectl(...ISTIOD, 'scale', 'deployment/istiod', '--replicas=2');
    await rolledOut('istio-system', 'istiod');
    // A reset for the agent, so that it reconnects at once; nothing at all for the first istiod.
    await setRules(pod.netns, {
      out: [
        `-p tcp -d ${first.ip} --tcp-flags RST RST -j DROP`,
        `-p tcp -d ${first.ip} -j REJECT --reject-with tcp-reset`,
      ],
    });
    await nudge(lab, 'catalog');
    await untilStates(pod, 'listed twice', (entries) => entries.length === 2, 120_000);
    return { target: targetOf(pod), stale: targetOf(first) };
  },
  async mend(lab) {
    await clearRules((await lab.pod('web')).netns);
    await forgetNudge(lab, 'catalog');
    const reset = [...ISTIOD, 'patch', 'deployment', 'istiod', '--type=json', '-p'];
    const args = await lab.kubectl(
      ...[...ISTIOD, 'get', 'deployment', 'istiod'],
      ...['-o', 'jsonpath={.spec.template.spec.containers[0].args}'],
    );
    const kept = (JSON.parse(args) as string[]).filter(
      (arg) => !arg.startsWith('--keepaliveInterval'),
    );
    await lab.kubectl(...reset, patchArgs({ op: 'replace', path: ARGS, value: kept }));
    await lab.kubectl(...ISTIOD, 'scale', 'deployment/istiod', '--replicas=1');
    await rolledOut('istio-system', 'istiod');
  },
} satisfies Fault;
