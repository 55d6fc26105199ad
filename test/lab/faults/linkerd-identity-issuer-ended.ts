import { identityFault, replacePod, setIssuerValue } from '../linkerd-identity-kit.ts';
import {
  certificates,
  inDays,
  makeIssuer,
  restart,
  restartIdentity,
  setIssuer,
} from '../linkerd-kit.ts';
import { sleep } from '../sh.ts';

export default identityFault(
  'linkerd-identity-issuer-ended',
  'an issuer that ended: identity runs on and signs nothing, a new pod gets no certificate',
  async () => {
    const { anchor } = await certificates();
    // Identity does not start with one that has ended, so it starts with one that is about to.
    const end = new Date(Date.now() + 45_000);
    const ending = await makeIssuer(anchor, inDays(-365), end);
    await setIssuer(ending);
    await setIssuerValue(ending.cert);
    await restartIdentity();
    await restart('emoji');
    await sleep(Math.max(0, end.getTime() - Date.now()) + 1000);
    await replacePod('web');
    return { target: '' };
  },
);
