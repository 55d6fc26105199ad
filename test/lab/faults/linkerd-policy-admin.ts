import { annotateTemplate } from '../linkerd-kit.ts';
import { policyFault } from '../linkerd-policy-kit.ts';

export default policyFault(
  'admin',
  'The pods of web want an identity by default, and Prometheus scrapes without one.',
  [],
  async () => {
    await annotateTemplate('web', { 'config.linkerd.io/default-inbound-policy': 'deny' });
    return { target: 'deploy/prometheus.linkerd-viz deploy/web.emojivoto:4191' };
  },
);
