import {
  atServer,
  byServer,
  denies,
  policy,
  policyFault,
  requires,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'void',
  'The only policy for web requires an authentication that is not there.',
  [server(), policy('allow-bot', atServer(), requires('MeshTLS', 'bots'))],
  (web) => denies(web, byServer('web-http')),
);
