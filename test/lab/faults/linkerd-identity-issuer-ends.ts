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
  'linkerd-identity-issuer-ends',
  'an issuer that ends in 20 days',
  async () => {
    const { anchor } = await certificates();
    const issuer = await makeIssuer(anchor, inDays(-345), inDays(20));
    await setIssuer(issuer);
    await setIssuerValue(issuer.cert);
    await restartIdentity();
    await restart('web');
    return { target: 'ns/emojivoto' };
  },
);
