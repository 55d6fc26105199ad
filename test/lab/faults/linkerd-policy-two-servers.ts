import { apply } from '../cluster.ts';
import { sleep } from '../sh.ts';
import {
  account,
  atServer,
  byServer,
  denies,
  policy,
  policyFault,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'two-servers',
  'A second, younger Server selects the same port, and the policy is for that one.',
  [server('web-http')],
  async (web) => {
    // A second is what creation times can tell apart.
    await sleep(1100);
    await apply(
      [server('web-again'), policy('allow-bot', atServer('web-again'), account('default'))].join(
        '---\n',
      ),
    );
    await denies(web, byServer('web-http'));
  },
);
