import { identityFault, crashIdentity } from '../linkerd-identity-kit.ts';
import { makeAnchor, makeIssuer, setIssuer } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-crash',
  'identity that does not start: its issuer belongs to no anchor',
  async () => {
    await setIssuer(await makeIssuer(await makeAnchor()));
    await crashIdentity(
      "Failed to initialize identity service: failed to verify issuer credentials for 'identity.linkerd.cluster.local' with trust anchors: x509: certificate signed by unknown authority",
    );
    return { target: '' };
  },
);
