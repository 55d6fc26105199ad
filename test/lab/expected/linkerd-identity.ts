// What `meshdoc diagnose linkerd-identity` must say of each fault.
import type { Expected } from '../expected.ts';

const web = () => 'deploy/web.emojivoto';
const apps = () => 'ns/emojivoto';
const mesh = () => '';

export default [
  { fault: 'linkerd-healthy', scenario: 'healthy', target: mesh, exit: 0, first: null },
  { fault: 'linkerd-healthy', scenario: 'healthy-namespace', target: apps, exit: 0, first: null },
  { fault: 'linkerd-healthy', scenario: 'healthy-pod', target: web, exit: 0, first: null },
  {
    fault: 'linkerd-healthy',
    scenario: 'denied-exec',
    target: web,
    user: 'noexec',
    exit: 4,
    first: null,
  },
  {
    fault: 'linkerd-identity-issuer-ends',
    scenario: 'issuer-ends-soon',
    exit: 0,
    first: 'linkerd-identity/issuer-ends-soon',
    says: [/expires in 19d|expires in 20d/],
  },
  {
    fault: 'linkerd-identity-issuer-ended',
    scenario: 'issuer-expired',
    exit: 3,
    first: 'linkerd-identity/issuer-expired',
    says: [/identity\.linkerd\.cluster\.local/],
    also: [
      'linkerd-identity/leaf-expired',
      'linkerd-identity/no-leaf',
      'linkerd-identity/identity-refuses',
    ],
    example: true,
    demo: "a Linkerd issuer that expired: the whole mesh's certificates ended with it",
  },
  {
    fault: 'linkerd-identity-kept',
    scenario: 'issuer-kept',
    exit: 3,
    first: 'linkerd-identity/issuer-kept',
    also: ['linkerd-identity/issuer-ends-soon'],
  },
  {
    fault: 'linkerd-identity-foreign-issuer',
    scenario: 'issuer-untrusted',
    exit: 3,
    first: 'linkerd-identity/issuer-untrusted',
    also: ['linkerd-identity/no-leaf', 'linkerd-identity/anchors-differ'],
  },
  {
    fault: 'linkerd-identity-rotation',
    scenario: 'rotation',
    exit: 0,
    first: 'linkerd-identity/anchors-old',
  },
  {
    fault: 'linkerd-identity-old-anchors',
    scenario: 'old-anchors',
    exit: 3,
    first: 'linkerd-identity/anchors-differ',
    says: [/cannot trust the issuer/],
  },
  {
    fault: 'linkerd-identity-anchor-ended',
    scenario: 'anchor-expired',
    exit: 3,
    first: 'linkerd-identity/anchor-expired',
    also: [
      'linkerd-identity/identity-refuses',
      'linkerd-identity/no-leaf',
      'linkerd-identity/leaf-expired',
      'linkerd-identity/anchors-differ',
      'linkerd-identity/anchors-old',
    ],
  },
  {
    fault: 'linkerd-identity-anchor-unused',
    scenario: 'anchor-unused',
    exit: 0,
    first: 'linkerd-identity/anchor-unused',
    also: ['linkerd-identity/anchors-old'],
  },
  {
    fault: 'linkerd-identity-down',
    scenario: 'identity-down',
    exit: 3,
    first: 'linkerd-identity/identity-down',
    says: [/scaled to zero/],
    also: ['linkerd-identity/no-leaf', 'linkerd-identity/identity-unreachable'],
  },
  {
    fault: 'linkerd-identity-crash',
    scenario: 'identity-crash',
    exit: 3,
    first: 'linkerd-identity/identity-down',
    says: [/unknown authority/],
  },
  {
    fault: 'linkerd-identity-blocked',
    scenario: 'identity-blocked',
    exit: 3,
    first: 'linkerd-identity/identity-blocked',
    says: [/deny-all/],
    also: ['linkerd-identity/no-leaf'],
  },
  {
    fault: 'linkerd-identity-webhooks-end',
    scenario: 'webhook-expired',
    exit: 3,
    first: 'linkerd-identity/webhook-expired',
    says: [/linkerd-proxy-injector-webhook-config/],
    also: ['linkerd-identity/webhook-untrusted'],
  },
  {
    fault: 'linkerd-identity-served',
    scenario: 'webhook-untrusted',
    exit: 3,
    first: 'linkerd-identity/webhook-untrusted',
  },
  {
    fault: 'linkerd-identity-early',
    scenario: 'clock-skew',
    exit: 3,
    first: 'linkerd-identity/clock-skew',
  },
  {
    fault: 'linkerd-identity-leaf-ended',
    scenario: 'leaf-expired',
    exit: 3,
    first: 'linkerd-identity/identity-unreachable',
    also: ['linkerd-identity/leaf-expired'],
  },
] satisfies readonly Expected[];
