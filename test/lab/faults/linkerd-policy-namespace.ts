import { podOf } from '../linkerd-kit.ts';
import {
  atServer,
  byServer,
  deniesPlain,
  policy,
  policyFault,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'namespace',
  'The policy that lets everybody in is in the namespace of the caller.',
  [server(), policy('open', atServer(), '[]', 'books')],
  async (web) => {
    const authors = await podOf('authors', 'books');
    await deniesPlain(web, byServer('web-http'), authors.ip);
    return { target: 'deploy/authors.books svc/web-svc.emojivoto:80' };
  },
);
