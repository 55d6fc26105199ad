import { annotateTemplate, podOf } from '../linkerd-kit.ts';
import {
  atServer,
  authentication,
  byServer,
  deniesPlain,
  policy,
  policyFault,
  requires,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'skip-outbound',
  'web takes any meshed caller, and vote-bot goes past its own proxy.',
  [
    server(),
    authentication('MeshTLS', 'anybody', "identities: ['*']"),
    policy('meshed-only', atServer(), requires('MeshTLS', 'anybody')),
  ],
  async () => {
    const bot = await annotateTemplate('vote-bot', {
      'config.linkerd.io/skip-outbound-ports': '80',
    });
    await deniesPlain(await podOf('web'), byServer('web-http'), bot.ip);
  },
);
