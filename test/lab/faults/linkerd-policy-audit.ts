import { policyFault, server } from '../linkerd-policy-kit.ts';

export default policyFault('audit', 'The Server of web only audits: it lets everybody in.', [
  server('web-http', 8080, '\naccessPolicy: audit'),
]);
