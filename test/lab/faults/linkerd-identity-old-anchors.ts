import { identityFault } from '../linkerd-identity-kit.ts';
import {
  CONTROL_PLANE,
  makeAnchor,
  makeIssuer,
  restart,
  restartIdentity,
  setAnchors,
  setIssuer,
} from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-old-anchors',
  'new anchors and issuer, and pods that keep the old anchors',
  async () => {
    const next = await makeAnchor();
    await setAnchors(next.cert);
    await setIssuer(await makeIssuer(next));
    await restartIdentity();
    await restart('linkerd-proxy-injector', CONTROL_PLANE);
    await restart('web');
    return { target: 'ns/emojivoto' };
  },
);
