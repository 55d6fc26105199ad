import { identityFault, setIssuerValue } from '../linkerd-identity-kit.ts';
import {
  certificates,
  inDays,
  makeIssuer,
  restart,
  restartIdentity,
  setIssuer,
} from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-kept',
  'a new issuer in the Secret and in the values that identity does not take',
  async () => {
    const { anchor } = await certificates();
    await setIssuer(await makeIssuer(anchor, inDays(-345), inDays(3)));
    await restartIdentity();
    await restart('web');
    const next = await makeIssuer(anchor);
    await setIssuer(next);
    await setIssuerValue(next.cert);
    return { target: '' };
  },
);
