// What `meshdoc diagnose linkerd-policy` must say of each fault.
import type { Expected } from '../expected.ts';

const healthy = () => 'deploy/vote-bot.emojivoto svc/web-svc.emojivoto:80';
const web = () => 'deploy/web.emojivoto';

const fault = (name: string, first: string | null, more: Partial<Expected> = {}): Expected => ({
  fault: `linkerd-policy-${name}`,
  scenario: name,
  exit: first === null ? 0 : 3,
  first: first === null ? null : `linkerd-policy/${first}`,
  ...more,
});

const expected: readonly Expected[] = [
  { fault: 'linkerd-healthy', scenario: 'healthy', target: healthy, exit: 0, first: null },
  {
    fault: 'linkerd-healthy',
    scenario: 'healthy-nobody-denied',
    target: web,
    exit: 0,
    first: null,
  },
  fault('default-deny', 'default-denies', {
    says: [
      /no Server selects the port/,
      /annotation of the pod sets it to deny/,
      /denials? in the proxy's log/,
    ],
    demo: 'a default policy that denies what no Server takes',
    example: true,
  }),
  fault('default-deny', 'default-denies', { scenario: 'default-deny-who', target: web }),
  fault('default-deny', 'default-denies', { scenario: 'default-deny-denied-exec', user: 'noexec' }),
  fault('no-authorization', 'no-authorization', {
    says: [/Server emojivoto\/web-http denies/, /the Server has no authorization/],
    demo: 'a Server that nobody is authorized for',
  }),
  fault('identity', 'identity-not-allowed', {
    says: [/only-voting/, /voting\.emojivoto\.serviceaccount/],
  }),
  fault('identity', 'identity-not-allowed', { scenario: 'identity-who', target: web }),
  fault('plaintext', 'caller-not-meshed', {
    says: [/has no Linkerd proxy/],
    also: ['linkerd-injection/not-annotated'],
  }),
  fault('plaintext', 'caller-not-meshed', {
    scenario: 'plaintext-who',
    target: web,
    also: ['linkerd-injection/not-annotated'],
  }),
  fault('network', 'network-not-allowed', { says: [/10\.9\.0\.0\/16/] }),
  fault('dangling', 'dangling-target', {
    says: [/emojivoto\/allow-bot would allow/, /Server web, which does not exist/],
    demo: 'a policy for a Server that is not there, which nothing else reports',
  }),
  fault('namespace', 'wrong-namespace', { says: [/books\/open/] }),
  fault('void', 'void-policy', {
    says: [/MeshTLSAuthentication emojivoto\/bots, which does not exist/],
  }),
  fault('two-servers', 'server-shadowed', {
    says: [/older Server web-http/],
    also: ['linkerd-policy/two-servers'],
  }),
  fault('port-name', 'port-name', { says: [/port named web/] }),
  fault('no-route', 'no-route', {
    args: ['--path', '/', '--method', 'GET'],
    says: [/HTTPRoute api/],
  }),
  fault('no-route', null, {
    scenario: 'route-allowed',
    args: ['--path', '/api/list', '--method', 'GET'],
  }),
  fault('route', 'route-not-authorized', { says: [/HTTPRoute emojivoto\/all/] }),
  fault('route-refused', 'route-not-in-force', {
    says: [/not accepted/],
    also: ['linkerd-policy/ignored-route'],
  }),
  fault('method', 'route-not-authorized', { args: ['--method', 'POST', '--path', '/'] }),
  fault('method', 'hangs-on', { scenario: 'method-not-told', exit: 4 }),
  fault('allowed', null),
  fault('admin', 'admin-denied', { says: [/serves metrics/, /No authorization applies/] }),
  fault('skip-inbound', null, { first: 'linkerd-policy/past-proxy' }),
  fault('skip-outbound', 'caller-plaintext', { says: [/skips port 80/] }),
  fault('audit', null, { first: 'linkerd-policy/audit-only' }),
  fault('stale', 'denies-otherwise', { says: [/the policies in Kubernetes allow it/] }),
];

export default expected;
