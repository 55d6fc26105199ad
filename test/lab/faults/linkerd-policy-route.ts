import { accept, byServer, denies, policyFault, route, server } from '../linkerd-policy-kit.ts';

export default policyFault(
  'route',
  'A route for everything is attached to the Server of web, and no policy is for it.',
  [server(), route('all', '[{ matches: [{ path: { type: PathPrefix, value: / } }] }]')],
  async (web) => {
    await accept('all', 'True');
    await denies(web, byServer('web-http'));
  },
);
