import { untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { BROKEN_FILTER, CALL, forgetRequests, policy } from '../rbac-kit.ts';
import { sleep } from '../sh.ts';

const DENY = policy('no-web', '  action: DENY\n  rules: [{}]');

export default {
  name: 'rbac-not-in-proxy',
  does: "cart's Envoy refuses its listeners, then a DENY policy is made: it never arrives.",
  async break(lab) {
    await forgetRequests(lab);
    await lab.apply(BROKEN_FILTER);
    await untilStates(
      await lab.pod('cart'),
      'in error',
      ([states]) => states?.['Listener'] === 'ERROR',
    );
    await lab.apply(DENY);
    await sleep(2000);
    return { target: CALL };
  },
  async mend(lab) {
    await lab.kubectl('-n', 'shop', 'delete', 'envoyfilter', 'cart-header', '--ignore-not-found');
    await lab.kubectl(
      '-n',
      'shop',
      'delete',
      'authorizationpolicies.security.istio.io',
      'no-web',
      '--ignore-not-found',
    );
  },
} satisfies Fault;
