import { byServer, denies, policyFault, server } from '../linkerd-policy-kit.ts';

export default policyFault(
  'no-authorization',
  'A Server selects the port of web, and no policy is for it.',
  [server()],
  (web) => denies(web, byServer('web-http')),
);
