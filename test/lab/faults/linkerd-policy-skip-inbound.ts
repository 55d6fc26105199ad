import { annotateTemplate } from '../linkerd-kit.ts';
import { policyFault, server } from '../linkerd-policy-kit.ts';

export default policyFault(
  'skip-inbound',
  'The proxy of web is told to leave its port alone, so its Server has no effect.',
  [server()],
  async () => {
    await annotateTemplate('web', { 'config.linkerd.io/skip-inbound-ports': '8080' });
  },
);
