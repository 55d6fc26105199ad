import {
  annotateTemplate,
  linkerdFault,
  podOf,
  setProxy,
  untilTarget,
  type Stream,
} from '../linkerd-kit.ts';

const callers: Stream = {
  ...{ direction: 'inbound', protocol: 'http', port: 8080, rate: 1 },
  tls: { is: 'no_identity', reason: 'no_tls_from_remote' },
};

export default linkerdFault(
  'linkerd-metrics-skipped',
  'The port of web is skipped, emoji is called without a proxy alone, and voting has streams that do not end.',
  async () => {
    const skip = { 'config.linkerd.io/skip-inbound-ports': '8080' };
    const web = await annotateTemplate('web', skip);
    const [emoji, voting] = [await podOf('emoji'), await podOf('voting')];
    await setProxy(web, { traffic: [] });
    await setProxy(emoji, { traffic: [callers] });
    await setProxy(voting, { without: ['response_total'] });
    for (const pod of [web, emoji, voting]) await untilTarget(pod, 'up');
  },
);
