import {
  annotateTemplate,
  linkerdFault,
  podOf,
  setProxy,
  untilTarget,
  type Stream,
} from '../linkerd-kit.ts';

const tcp = { direction: 'inbound', protocol: 'tcp', port: 8080, rate: 1 } as const;
const ownTls: Stream = { ...tcp, tls: { is: 'opaque', sni: 'voting.example.com' } };
const plain: Stream = { ...tcp, tls: { is: 'no_identity', reason: 'no_tls_from_remote' } };
const log = [
  {
    level: 'INFO',
    from: 'inbound:accept{client.addr=10.244.0.9:4100}:server{port=8080}: linkerd_app_inbound::detect',
    text: 'Handling connection as opaque due to policy timeout=10s',
  },
] as const;

export default linkerdFault(
  'linkerd-metrics-quiet',
  'Four workloads are read and show no request: opaque, TLS of its own, a server that speaks first, no traffic.',
  async () => {
    const web = await annotateTemplate('web', { 'config.linkerd.io/opaque-ports': '8080' });
    const [emoji, voting, bot] = [
      await podOf('emoji'),
      await podOf('voting'),
      await podOf('vote-bot'),
    ];
    await setProxy(voting, { traffic: [ownTls] });
    await setProxy(emoji, { traffic: [plain], log });
    await setProxy(bot, { traffic: [] });
    for (const pod of [web, emoji, voting, bot]) await untilTarget(pod, 'up');
  },
);
