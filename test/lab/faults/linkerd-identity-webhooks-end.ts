import { identityFault } from '../linkerd-identity-kit.ts';
import {
  CONTROL_PLANE,
  inDays,
  makeServing,
  restart,
  setServing,
  setWebhook,
} from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-webhooks-end',
  "ends the injector's certificate: it is served, and the API server trusts nothing else",
  async () => {
    const name = 'linkerd-proxy-injector-k8s-tls';
    const ended = await makeServing(name, inDays(-365), inDays(-1));
    await setServing(name, ended);
    await setWebhook({ caBundle: ended.cert });
    await restart('linkerd-proxy-injector', CONTROL_PLANE);
    return { target: '' };
  },
);
