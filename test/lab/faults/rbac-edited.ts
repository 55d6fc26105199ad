import { untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { BROKEN_FILTER, CALL, cartLogs, forgetRequests, policy } from '../rbac-kit.ts';
import { sleep } from '../sh.ts';

const DENY = policy('no-web', deny('GET'));
const EDITED = policy('no-web', deny('POST'));

function deny(method: string): string {
  return `  action: DENY\n  rules: [{ to: [{ operation: { methods: [${method}] } }] }]`;
}

export default {
  name: 'rbac-edited',
  does: "A DENY policy of cart is edited while cart's Envoy refuses its listeners: it denies as before.",
  async break(lab) {
    await forgetRequests(lab);
    const since = new Date();
    await lab.apply(DENY);
    await cartLogs(/policy\[no-web\]/)(lab, since);
    await lab.apply(BROKEN_FILTER);
    await untilStates(
      await lab.pod('cart'),
      'in error',
      ([states]) => states?.['Listener'] === 'ERROR',
    );
    await lab.apply(EDITED);
    // A line must be younger than the change by more than a change takes to arrive.
    await sleep(9000);
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
