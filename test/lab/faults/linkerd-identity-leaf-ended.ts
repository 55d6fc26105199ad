import { identityFault, leafOf } from '../linkerd-identity-kit.ts';
import { inDays, podOf, setProxy } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-leaf-ended',
  'a proxy whose certificate ended and was never renewed',
  async () => {
    const web = await podOf('web');
    const leaf = await leafOf('web', inDays(-2), inDays(-1));
    const line =
      'Failed to obtain identity error=status: Unavailable, message: "connect timed out after 1s"';
    const from =
      'daemon:identity:identity{server.addr=linkerd-identity-headless.linkerd.svc.cluster.local:8080}: linkerd_proxy_identity_client::certify';
    await setProxy(web, { leaf, log: [{ level: 'ERROR', from, text: line }] });
    return { target: 'deploy/web.emojivoto' };
  },
);
