import { kubectl } from '../cluster.ts';
import { rolledOut } from '../install.ts';
import { addWeb, untilMade } from '../linkerd-inject-kit.ts';
import { CONTROL_PLANE, linkerdFault, stopInjector, untilInjecting } from '../linkerd-kit.ts';
import { sleep } from '../sh.ts';

export default linkerdFault(
  'linkerd-inject-was-down',
  'Pods were made while no injector answered; it answers again.',
  async () => {
    await stopInjector();
    await addWeb();
    await untilMade();
    // Ages are told in seconds.
    await sleep(2000);
    const injector = 'linkerd-proxy-injector';
    await kubectl('-n', CONTROL_PLANE, 'scale', `deployment/${injector}`, '--replicas=1');
    await rolledOut(CONTROL_PLANE, injector);
    await untilInjecting();
    return { target: 'deploy/web.lj-here' };
  },
);
