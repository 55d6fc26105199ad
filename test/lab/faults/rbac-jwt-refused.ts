import { answerTo, rbacFault } from '../rbac-kit.ts';
import { FOREIGN_TOKEN, REQUEST_AUTHENTICATION } from '../rbac-jwt.ts';
import { until } from '../sh.ts';

export default rbacFault({
  name: 'rbac-jwt-refused',
  does: 'web sends cart a token of an issuer that its RequestAuthentication does not know.',
  yaml: REQUEST_AUTHENTICATION,
  effect: async (lab) => {
    const [web, cart] = [await lab.pod('web'), await lab.pod('cart')];
    const header = ['-H', `Authorization: Bearer ${FOREIGN_TOKEN}`];
    const probe = async (): Promise<boolean> =>
      (await answerTo(lab, web, cart, '/orders', ...header)) === '401';
    await until('a 401 for a foreign token', probe, 120_000, 500);
    // Again when the policies have had their time to arrive: only then is the line of now.
    await new Promise((done) => setTimeout(done, 6000));
    await probe();
  },
});
