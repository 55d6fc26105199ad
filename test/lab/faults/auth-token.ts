import {
  isGone,
  restartProxyClean,
  restartProxyWith,
  targetOf,
  untilLogged,
  untilStates,
} from '../fault-kit.ts';
import type { Fault } from '../faults.ts';

export default {
  name: 'auth-token',
  does: "web's proxy restarts with a service account token of another audience: istiod refuses it.",
  async break(lab) {
    const pod = await lab.pod('web');
    const token = await lab.kubectl('-n', 'shop', 'create', 'token', 'web', '--audience=vault');
    const since = new Date();
    await restartProxyWith(pod, 'istio-token', token.trim());
    await untilStates(pod, 'not connected', isGone);
    await untilLogged(pod, 'istio-proxy', /Unauthenticated|authentication failure/, since);
    return { target: targetOf(pod) };
  },
  async mend(lab) {
    await restartProxyClean(await lab.pod('web'));
  },
} satisfies Fault;
