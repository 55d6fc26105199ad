// Why a proxy refuses a request, one row a reason: what is said, what follows from it, what would let the caller in.
import { inspect, kubectl, table } from '../../../src/authoring.ts';
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';
import type { Beside } from '../../../src/model/linkerd/policy/beside.ts';
import type { Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { Refused } from './request.ts';
import { putInForce, readAll, readPolicy } from './fixes.ts';

/** An authorization that was meant for the port, and is not in force there. */
export type Mistake =
  | 'dangling-target'
  | 'wrong-namespace'
  | 'server-shadowed'
  | 'port-name'
  | 'route-not-in-force'
  | 'void-policy';
type Bare = 'no-authorization' | 'caller-not-meshed' | 'caller-plaintext' | 'admin-denied';
export type Reason =
  | Because<Bare>
  | Because<'default-denies', { readonly origin: string }>
  | Because<'route-not-authorized', { readonly route: string }>
  | Because<'identity-not-allowed' | 'network-not-allowed', { readonly nearest: Ref }>
  | Because<'no-route', { readonly routes: string }>
  | Because<Mistake, { readonly beside: Beside; readonly policy: string; readonly why: string }>;
/** `guessed`: the evidence does not tell it from others. */
type Because<K, More = unknown> = K extends string
  ? { readonly is: K; readonly guessed?: boolean } & More
  : never;

const wouldLetIn = '{src} is denied {request} of {pod}: {policy} would let it in, but {why}.';

/** Behind the fixes of a row stands what lets this caller in, where a policy can. */
export const refusals = table<Reason, Refused>()({
  'default-denies': {
    says: '{src} is denied {request} of {pod}: no Server selects the port, and {server} does not let it in.',
    means:
      'Where no Server selects a port the default policy decides, which {origin}. Linkerd only ever allows: what nothing allows is denied. {closest}.',
    fixes: (c) => [readAll(c)],
  },
  'no-authorization': {
    says: '{src} is denied {request} of {pod}: {server} selects the port, and no authorization is for it.',
    means:
      'A Server takes a port away from the default policy: from then on only what an AuthorizationPolicy for it allows gets in.',
    fixes: (c) => [readAll(c)],
  },
  'route-not-authorized': {
    says: '{src} is denied {request} of {pod}: the request takes {route}, and no authorization is for it.',
    means:
      'Of a route that is attached to a Server each needs its own authorization, or {server} one for all of them.',
    fixes: (c) => [readAll(c)],
  },
  'identity-not-allowed': {
    says: '{src} is denied {request} of {pod}: {server} authorizes others, and {closest}.',
    means:
      'The caller shows the identity {identity}, and any one authorization that names it would be enough.',
    fixes: (c, { nearest }) => [readPolicy(c, nearest)],
  },
  'network-not-allowed': {
    says: '{src} is denied {request} of {pod}: its address {ip} is in no network that {server} authorizes.',
    means:
      'All that an authorization requires must hold together: {closest}. Addresses of pods change with every restart.',
    fixes: (c, { nearest }) => [readPolicy(c, nearest)],
  },
  'caller-not-meshed': {
    says: '{src} is denied {request} of {pod}: {server} wants an identity, and {because}.',
    means:
      'Only mutual TLS between two proxies carries an identity. {closest}. No policy that keeps that would let this caller in.',
    fixes: (c) => [readAll(c)],
    follow: { runbook: 'linkerd-injection', target: 'caller' },
    see: ['linkerd-injection'],
  },
  'caller-plaintext': {
    says: '{src} is denied {request} of {pod}: {server} wants an identity, and {because}.',
    means: 'Only mutual TLS between two proxies carries an identity. {closest}.',
    fixes: ({ caller, ip = '', again }) => [
      caller
        ? inspect(
            "Read what the caller's proxy leaves alone",
            kubectl`get pod ${caller.name} -n ${caller.namespace} -o yaml`,
            again,
          )
        : inspect(
            'Find out who has the address',
            kubectl`get pods -A -o wide --field-selector status.podIP=${ip}`,
            again,
          ),
    ],
  },
  'admin-denied': {
    says: '{src} is denied {request} of {pod}, where its proxy serves metrics: {server} does not let it in.',
    means:
      'The admin port is behind the same policies as any other, so whoever scrapes it is answered 403 and the pod has no metrics. {closest}.',
    fixes: (c) => [
      inspect(
        'Print the policies that let the Prometheus of linkerd-viz scrape this namespace',
        linkerd`viz allow-scrapes -n ${c.pod.namespace}`,
        c.again,
      ),
    ],
  },
  'no-route': {
    says: '{request} of {pod} is answered 404 by its proxy: {routes} of {server} do not match it.',
    means:
      'Once a route is attached to a Server, what no route matches is not found; the default route is gone, and with it the leave of the probes of the kubelet. No authorization changes that.',
    fixes: (c) => [readAll(c)],
  },

  // An authorization was meant for the port, and is not in force.
  'dangling-target': {
    says: wouldLetIn,
    means:
      'Linkerd says nothing of a name that leads nowhere; such a policy has no effect. Here {server} decides.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'wrong-namespace': {
    says: wouldLetIn,
    means:
      'Servers, routes and the policies for them are of one namespace: that of the pod. Only authentications may be elsewhere.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'server-shadowed': {
    says: wouldLetIn,
    means:
      'Of two Servers that select one port of a pod the older counts, and of equally old ones the first by name.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'port-name': {
    says: wouldLetIn,
    means:
      'A Server finds its port by the name that a container gives it; here {server} decides instead.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'route-not-in-force': {
    says: wouldLetIn,
    means: 'A policy for a route has no effect where the route has none. Here {server} decides.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'void-policy': {
    says: '{src} is denied {request} of {pod}: {policy} is for it, but {why}.',
    means:
      'Linkerd leaves out an AuthorizationPolicy of which an authentication is not there, without a word but in its own log. {closest}.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
});
