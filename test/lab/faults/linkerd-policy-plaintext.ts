import { podOf } from '../linkerd-kit.ts';
import {
  atServer,
  authentication,
  byServer,
  deniesPlain,
  policy,
  policyFault,
  requires,
  server,
} from '../linkerd-policy-kit.ts';

export default policyFault(
  'plaintext',
  'web takes any meshed caller; authors of the namespace books has no proxy.',
  [
    server(),
    authentication('MeshTLS', 'anybody', "identities: ['*']"),
    policy('meshed-only', atServer(), requires('MeshTLS', 'anybody')),
  ],
  async (web) => {
    const authors = await podOf('authors', 'books');
    await deniesPlain(web, byServer('web-http'), authors.ip);
    return { target: 'deploy/authors.books svc/web-svc.emojivoto:80' };
  },
);
