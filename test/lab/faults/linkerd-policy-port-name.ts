import { annotateTemplate } from '../linkerd-kit.ts';
import {
  account,
  atServer,
  byDefault,
  denies,
  policy,
  policyFault,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'port-name',
  'The Server selects a port by a name that no container has, and the default denies.',
  [server('web-http', 'web'), policy('allow-bot', atServer(), account('default'))],
  async () => {
    const deny = { 'config.linkerd.io/default-inbound-policy': 'deny' };
    await denies(await annotateTemplate('web', deny), byDefault('deny'));
  },
);
