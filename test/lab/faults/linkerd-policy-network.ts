import {
  atServer,
  authentication,
  byServer,
  denies,
  policy,
  policyFault,
  requires,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'network',
  'web takes callers of one network alone, which no pod is in.',
  [
    server(),
    authentication(
      'Network',
      'office',
      "networks: [{ cidr: 10.9.0.0/16, except: ['10.9.9.0/24'] }]",
    ),
    policy('from-office', atServer(), requires('Network', 'office')),
  ],
  (web) => denies(web, byServer('web-http')),
);
