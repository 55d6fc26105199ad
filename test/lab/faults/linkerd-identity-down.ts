import { identityFault, replacePod } from '../linkerd-identity-kit.ts';
import { CONTROL_PLANE, stopAll } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-down',
  'identity scaled to zero, and a pod that starts without it',
  async () => {
    await stopAll('linkerd-identity', CONTROL_PLANE);
    await replacePod('web');
    return { target: '' };
  },
);
