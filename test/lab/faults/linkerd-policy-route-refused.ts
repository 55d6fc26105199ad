import {
  accept,
  account,
  byServer,
  denies,
  group,
  policy,
  policyFault,
  route,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'route-refused',
  'The policy for vote-bot is for a route that the Server has not accepted.',
  [
    server(),
    route('all', '[{ matches: [{ path: { type: PathPrefix, value: / } }] }]'),
    policy('allow-bot', `{ group: ${group}, kind: HTTPRoute, name: all }`, account('default')),
  ],
  async (web) => {
    await accept('all', 'False');
    await denies(web, byServer('web-http'));
  },
);
