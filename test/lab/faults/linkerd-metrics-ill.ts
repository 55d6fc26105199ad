import { kubectl } from '../cluster.ts';
import { blockPort, linkerdFault, podOf, setProxy, untilTarget } from '../linkerd-kit.ts';

const log = [
  {
    level: 'ERROR',
    from: 'daemon:identity: linkerd_proxy_identity_client::certify',
    text: 'Failed to obtain identity error=status: Unavailable, message: "linkerd-identity: connection refused"',
  },
] as const;
const ENDED = 'control_identity_cert_expiration_timestamp_seconds 1700000000\n';

export default linkerdFault(
  'linkerd-metrics-ill',
  'Proxies that are no use to anybody: one without an identity, one whose certificate ended, one that is silent, one that is not ready.',
  async () => {
    const [web, emoji, voting] = [await podOf('web'), await podOf('emoji'), await podOf('voting')];
    await setProxy(web, { ready: false, log });
    await blockPort(web, 'drop');
    const own = 'control_identity_cert_expiration_timestamp_seconds';
    await setProxy(emoji, {
      without: [own, `identity_cert_expiration_timestamp_seconds`],
      text: ENDED,
    });
    await blockPort(emoji, 'drop');
    await setProxy(voting, { admin: 'silent' });
    const bot = await podOf('vote-bot');
    await setProxy(bot, { ready: false });
    await blockPort(bot, 'drop');
    for (const pod of [web, emoji, voting, bot])
      await untilTarget(pod, 'down', /deadline exceeded/);
    const names = [web, bot].map(({ name }) => `pod/${name}`);
    const unready = ['--for=condition=Ready=false', '--timeout=180s'];
    await kubectl('-n', web.namespace, 'wait', ...unready, ...names);
  },
);
