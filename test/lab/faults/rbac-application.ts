import { answerTo, cartLogs, rbacFault } from '../rbac-kit.ts';
import { sleep, until } from '../sh.ts';

export default rbacFault({
  name: 'rbac-application',
  does: 'cart itself answers 403 to one path, and a policy allows everything web does.',
  yaml: `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: allow-web, namespace: shop }
spec:
  rules: [{ from: [{ source: { namespaces: [shop] } }] }]
`,
  effect: async (lab, since) => {
    const [web, cart] = [await lab.pod('web'), await lab.pod('cart')];
    const probe = async (): Promise<boolean> =>
      (await answerTo(lab, web, cart, '/status/403')) === '403';
    // The line must be younger than the policy by more than a change takes to arrive.
    await sleep(6000);
    await until('a 403 of the application', probe, 120_000, 500);
    // Envoy writes its log once a second.
    await cartLogs(/\/status\/403/)(lab, since);
  },
});
