import { identityFault } from '../linkerd-identity-kit.ts';
import {
  certificates,
  inDays,
  makeAnchor,
  restart,
  restartIdentity,
  setAnchors,
} from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-anchor-unused',
  'an anchor in the bundle that ended and that nothing needs',
  async () => {
    const { anchor } = await certificates();
    const old = await makeAnchor(inDays(-365), inDays(-2));
    await setAnchors(`${old.cert}${anchor.cert}`);
    await restartIdentity();
    await Promise.all(['web', 'emoji', 'voting', 'vote-bot'].map((name) => restart(name)));
    return { target: 'ns/emojivoto' };
  },
);
