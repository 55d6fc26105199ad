import {
  accept,
  account,
  group,
  policy,
  policyFault,
  route,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'method',
  'vote-bot may GET of web; another method takes another route, which nobody may.',
  [
    server(),
    route('reads', '[{ matches: [{ method: GET }] }]'),
    route('writes', '[{ matches: [{ method: POST }] }]'),
    policy('allow-bot', `{ group: ${group}, kind: HTTPRoute, name: reads }`, account('default')),
  ],
  async () => {
    await accept('reads', 'True');
    await accept('writes', 'True');
  },
);
