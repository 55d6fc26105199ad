import { identityFault } from '../linkerd-identity-kit.ts';
import { certificates, makeAnchor, restart, restartIdentity, setAnchors } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-rotation',
  'two anchors in the bundle, as in the middle of a rotation: half of the pods were restarted since',
  async () => {
    const { anchor } = await certificates();
    const next = await makeAnchor();
    await setAnchors(`${anchor.cert}${next.cert}`);
    await restartIdentity();
    await Promise.all(['web', 'emoji'].map((name) => restart(name)));
    return { target: 'ns/emojivoto' };
  },
);
