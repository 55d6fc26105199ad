import { identityFault } from '../linkerd-identity-kit.ts';
import { CONTROL_PLANE, makeServing, restart, setServing } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-served',
  'an injector that serves another certificate than the API server trusts',
  async () => {
    const name = 'linkerd-proxy-injector-k8s-tls';
    await setServing(name, await makeServing(name));
    await restart('linkerd-proxy-injector', CONTROL_PLANE);
    return { target: 'ns/emojivoto' };
  },
);
