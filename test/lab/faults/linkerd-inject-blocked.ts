import { setRules } from '../fault-kit.ts';
import { addWeb, put, untilApplied, untilMade } from '../linkerd-inject-kit.ts';
import { CONTROL_PLANE, linkerdFault, podOf, setWebhook } from '../linkerd-kit.ts';

const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'default-deny', namespace: CONTROL_PLANE },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: {} }] }],
  },
};

export default linkerdFault(
  'linkerd-inject-blocked',
  'A NetworkPolicy keeps the API server from the injector; the webhook lets pods pass.',
  async () => {
    await put(policy);
    // Nothing here holds traffic to a NetworkPolicy, so the node does what it says.
    const { netns } = await podOf('linkerd-proxy-injector', CONTROL_PLANE);
    await setRules(netns, { in: ['-p tcp --dport 8443 ! -i lo -j DROP'] });
    await setWebhook({ timeoutSeconds: 2 });
    await untilApplied();
    await addWeb();
    await untilMade();
    return { target: 'deploy/web.lj-here' };
  },
);
