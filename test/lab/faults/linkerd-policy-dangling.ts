import {
  account,
  atServer,
  byServer,
  denies,
  policy,
  policyFault,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'dangling',
  'The policy that lets vote-bot in names a Server that is not there.',
  [server(), policy('allow-bot', atServer('web'), account('default'))],
  (web) => denies(web, byServer('web-http')),
);
