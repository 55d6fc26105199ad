import { identityFault, replacePod } from '../linkerd-identity-kit.ts';
import {
  certificates,
  makeAnchor,
  makeIssuer,
  restart,
  restartIdentity,
  setAnchors,
  setIssuer,
} from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-foreign-issuer',
  'an issuer that another anchor signed: a proxy with the anchors of the mesh refuses what it gets',
  async () => {
    const other = await makeAnchor();
    const { anchor } = await certificates();
    // As after a rotation without a bundle of both: identity takes anchor and issuer, then the anchor is put back.
    await setAnchors(other.cert);
    await setIssuer(await makeIssuer(other));
    await restartIdentity();
    await restart('emoji');
    await setAnchors(anchor.cert);
    await replacePod('web');
    return { target: '' };
  },
);
