import { identityFault, replacePod } from '../linkerd-identity-kit.ts';
import {
  CONTROL_PLANE,
  inDays,
  makeAnchor,
  makeIssuer,
  restart,
  restartIdentity,
  setAnchors,
  setIssuer,
} from '../linkerd-kit.ts';
import { sleep } from '../sh.ts';

export default identityFault(
  'linkerd-identity-anchor-ended',
  'an anchor that ended: identity signs nothing any more',
  async () => {
    const end = new Date(Date.now() + 60_000);
    const ending = await makeAnchor(inDays(-365), end);
    await setAnchors(ending.cert);
    await setIssuer(await makeIssuer(ending));
    await restartIdentity();
    await restart('linkerd-proxy-injector', CONTROL_PLANE);
    await restart('emoji');
    await sleep(Math.max(0, end.getTime() - Date.now()) + 1000);
    await replacePod('web');
    return { target: '' };
  },
);
