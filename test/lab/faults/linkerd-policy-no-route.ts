import {
  accept,
  account,
  atServer,
  policy,
  policyFault,
  route,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'no-route',
  'One route is attached to the Server of web, and it matches /api alone.',
  [
    server(),
    route('api', '[{ matches: [{ path: { type: PathPrefix, value: /api } }] }]'),
    policy('allow-bot', atServer(), account('default')),
  ],
  () => accept('api', 'True'),
);
