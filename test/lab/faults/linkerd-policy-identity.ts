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

const voters = 'identityRefs: [{ kind: ServiceAccount, name: voting }]';

export default policyFault(
  'identity',
  'Only the account of voting may call web.',
  [
    server(),
    authentication('MeshTLS', 'voters', voters),
    policy('only-voting', atServer(), requires('MeshTLS', 'voters')),
  ],
  (web) => denies(web, byServer('web-http')),
);
