import { identityFault, leafOf } from '../linkerd-identity-kit.ts';
import { inDays, podOf, setProxy } from '../linkerd-kit.ts';

export default identityFault(
  'linkerd-identity-early',
  'a clock of identity that is an hour ahead: certificates begin later than now',
  async () => {
    const web = await podOf('web');
    const leaf = await leafOf('web', new Date(Date.now() + 3_600_000), inDays(1));
    await setProxy(web, { leaf });
    return { target: 'deploy/web.emojivoto' };
  },
);
