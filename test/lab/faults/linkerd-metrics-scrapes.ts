import {
  annotateTemplate,
  blockPort,
  linkerdFault,
  podOf,
  setProxy,
  untilTarget,
} from '../linkerd-kit.ts';

const DENY = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: only-web, namespace: emojivoto }
spec:
  podSelector: { matchLabels: { app: emoji-svc } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web-svc } } }] }]
`;

export default linkerdFault(
  'linkerd-metrics-scrapes',
  'Prometheus gets no metrics of four workloads: 403, a NetworkPolicy, a closed port, and a page that is none.',
  async (lab) => {
    const web = await annotateTemplate('web', {
      'config.linkerd.io/default-inbound-policy': 'deny',
    });
    const [emoji, voting, bot] = [
      await podOf('emoji'),
      await podOf('voting'),
      await podOf('vote-bot'),
    ];
    await lab.apply(DENY);
    await blockPort(emoji, 'drop');
    await blockPort(voting, 'refuse');
    await setProxy(bot, { text: '<html>no metrics</html>\n' });
    await untilTarget(web, 'down', /403/);
    await untilTarget(emoji, 'down', /deadline exceeded/);
    await untilTarget(voting, 'down', /refused/);
    await untilTarget(bot, 'down');
  },
);
