import { identityFault, blockIdentity, replacePod } from '../linkerd-identity-kit.ts';

export default identityFault(
  'linkerd-identity-blocked',
  'a NetworkPolicy around identity, and a pod that starts behind it',
  async () => {
    await blockIdentity();
    await replacePod('web');
    return { target: '' };
  },
);
