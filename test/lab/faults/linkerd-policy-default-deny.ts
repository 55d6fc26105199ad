import { annotateTemplate } from '../linkerd-kit.ts';
import { byDefault, denies, policyFault } from '../linkerd-policy-kit.ts';

export default policyFault(
  'default-deny',
  'The pods of web deny by default, and no Server selects their port.',
  [],
  async () => {
    const policy = { 'config.linkerd.io/default-inbound-policy': 'deny' };
    await denies(await annotateTemplate('web', policy), byDefault('deny'));
  },
);
