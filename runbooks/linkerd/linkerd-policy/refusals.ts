// Why a proxy denies a request, one row per reason: what is said, what follows from it, what would allow the caller.
import { inspect, kubectl, table } from '../../../src/authoring.ts';
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';
import type { Beside } from '../../../src/model/linkerd/policy/beside.ts';
import type { Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { Refused } from './request.ts';
import {
  newConnection,
  otherUser,
  putInForce,
  readAll,
  readNetworks,
  readProbes,
  readRef,
} from './fixes.ts';

/** An authorization that was meant for the port, but is not in force there. */
export type Mistake =
  | 'dangling-target'
  | 'wrong-namespace'
  | 'port-without-server'
  | 'server-shadowed'
  | 'port-name'
  | 'route-not-in-force'
  | 'void-policy';
type Bare = 'no-authorization' | 'caller-not-meshed' | 'caller-plaintext' | 'admin-denied';
type Probes = 'probe-denied' | 'probe-redirected';
export type Reason =
  | Because<Bare>
  | Because<'default-denies', { readonly origin: string }>
  | Because<'route-not-authorized', { readonly route: string }>
  | Because<'identity-not-allowed' | 'network-not-allowed', { readonly nearest: Ref }>
  | Because<'caller-proxy-uid', { readonly container: string; readonly user: number }>
  | Because<'connection-plaintext', { readonly allowing: string; readonly expected: string }>
  | Because<Probes, { readonly paths: string }>
  | Because<'outside-networks', { readonly networks: string }>
  | Because<'no-route', { readonly routes: string }>
  | Because<Mistake, { readonly beside: Beside; readonly policy: string; readonly why: string }>;
/** `guessed`: the evidence does not tell it from others. */
type Because<K, More = unknown> = K extends string
  ? { readonly is: K; readonly guessed?: boolean } & More
  : never;

const wouldAllow =
  '{policy} would allow this caller, but {why}; {request} of {pod} is denied to {src}.';

/** After the fixes of a row comes a policy that allows this caller, if there can be one. */
export const refusals = table<Reason, Refused>()({
  'default-denies': {
    says: '{decider} applies to {request} of {pod} and denies {src}: no Server selects the port.',
    means:
      'Without a Server the default policy decides; {origin}. {closest}, and Linkerd denies what nothing allows.',
    fixes: (c) => [readAll(c)],
  },
  'no-authorization': {
    says: '{decider} denies {request} of {pod} to {src}: the Server has no authorization.',
    means:
      'A Server replaces the default policy on its port: only what an AuthorizationPolicy for it allows gets in.',
    fixes: (c) => [readAll(c)],
  },
  'route-not-authorized': {
    says: '{route} denies {request} of {pod} to {src}: the route has no authorization.',
    means:
      'Every route attached to a Server needs its own authorization, or {server} needs one for all of them.',
    fixes: (c) => [readAll(c)],
  },
  'identity-not-allowed': {
    says: '{decider} denies {request} of {pod} to {src}: no authorization allows its identity.',
    means:
      '{closest}. The caller has the identity {identity}; one authorization that names it is enough.',
    fixes: (c, { nearest }) => [readRef(c, nearest)],
  },
  'network-not-allowed': {
    says: '{decider} denies {request} of {pod} to {src}: no authorization allows its address {ip}.',
    means:
      '{closest}. A caller must meet everything that an authorization requires, and pod addresses change with every restart.',
    fixes: (c, { nearest }) => [readRef(c, nearest)],
  },
  'caller-not-meshed': {
    says: '{src} has no Linkerd proxy and so no identity; {server} requires one and denies {request} of {pod}.',
    means:
      'Only mutual TLS between two proxies carries an identity, so no policy that requires one can allow this caller. {closest}.',
    fixes: (c) => [readAll(c)],
    follow: { runbook: 'linkerd-injection', target: 'caller' },
    see: ['linkerd-injection'],
  },
  'caller-plaintext': {
    says: '{src} sends no identity: {because}; {server} requires one and denies {request} of {pod}.',
    means: 'Only mutual TLS between two proxies carries an identity. {closest}.',
    fixes: ({ caller, ip = '', again }) => [
      caller
        ? inspect(
            "Read which ports the caller's proxy skips",
            kubectl`get pod ${caller.name} -n ${caller.namespace} -o yaml`,
            again,
          )
        : inspect(
            'Find the pod with this address',
            kubectl`get pods -A -o wide --field-selector status.podIP=${ip}`,
            again,
          ),
    ],
  },
  'caller-proxy-uid': {
    says: 'Container {container} of {caller} runs as user {user}, as its proxy does, so it sends no identity: {server} denies {request} of {pod}.',
    means:
      'iptables lets all traffic of the proxy user past the proxy: nothing that this container sends is encrypted or carries an identity, to any destination. {closest}.',
    fixes: (c, { user }) => otherUser(c, user),
  },
  'connection-plaintext': {
    says: '{caller} has a Linkerd proxy, but connects to {pod} without an identity: {server} denies {request}.',
    means:
      'The policies are right: {allowing} allows {expected}. A proxy chooses mutual TLS when it opens a connection; one that was opened before the destination was ready stays plaintext for as long as the caller keeps it (linkerd2 issue 13865).',
    avoid: 'Do not add a policy for this caller: what is there already allows it.',
    fixes: (c) => newConnection(c),
  },
  'probe-denied': {
    says: '{decider} denies {request} of {pod} to {src}, the address of its own node, from which the kubelet probes {paths}.',
    means:
      'A Server with an attached route has no permission for probes any more: a route must allow their paths for every address. {closest}.',
    fixes: (c) => [readAll(c)],
  },
  'probe-redirected': {
    says: '{decider} denies {request} of {pod} to {src}, the address of its own node: the kubelet is redirected from {paths} to a path that is not allowed.',
    means:
      'Linkerd allows the kubelet only the paths of the probes. A redirect makes it ask for another path, which gets 403, so the probe fails (linkerd2 issue 11590). Let the probe ask for the path that the redirect leads to, with its slash at the end if it has one. {closest}.',
    fixes: (c) => readProbes(c),
  },
  'outside-networks': {
    says: '{decider} denies {request} of {pod} to {src}: its address {ip} is outside the clusterNetworks of Linkerd.',
    means:
      'The cluster policies allow only {networks}. A pod on the network of its node has the address of the node: add the network of the nodes to the Helm value clusterNetworks, or allow it with a Server and a NetworkAuthentication.',
    fixes: (c) => [readNetworks(c), readAll(c)],
  },
  'admin-denied': {
    says: '{decider} denies {request} of {pod}, where the proxy serves metrics, to {src}.',
    means:
      'The admin port follows the same policies as every other port, so scrapers get 403 and the pod has no metrics. {closest}.',
    fixes: (c) => [
      inspect(
        'Print the policies that allow the Prometheus of linkerd-viz to scrape this namespace',
        linkerd`viz allow-scrapes -n ${c.pod.namespace}`,
        c.again,
      ),
    ],
  },
  'no-route': {
    says: '{decider} answers {request} of {pod} with 404: no attached route matches ({routes}).',
    means:
      'Once a route is attached to a Server, a request that no route matches gets 404; no authorization changes that. The default route is gone too, and with it the permission for kubelet probes.',
    fixes: (c) => [readAll(c)],
  },

  // An authorization was meant for the port, but is not in force.
  'dangling-target': {
    says: wouldAllow,
    means:
      'Linkerd does not report a targetRef that leads nowhere; the policy has no effect. {decider} decides instead.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'wrong-namespace': {
    says: wouldAllow,
    means:
      'Servers, routes and their policies must be in the namespace of the pod. Only authentications may be in another one.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'port-without-server': {
    says: wouldAllow,
    means:
      'A policy for a namespace authorizes callers at its Servers. Without a Server, {server} decides on the port.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'server-shadowed': {
    says: wouldAllow,
    means:
      'If two Servers select the same port of a pod, the older one wins; at the same age, the first by name.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'port-name': {
    says: wouldAllow,
    means:
      'A Server finds a named port by the name in the container spec. {decider} decides instead.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'route-not-in-force': {
    says: wouldAllow,
    means:
      'A policy for a route has no effect while the route has none. {decider} decides instead.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
  'void-policy': {
    says: '{policy} has no effect: {why}; {request} of {pod} is denied to {src}.',
    means:
      'Linkerd skips an AuthorizationPolicy with an authentication that it cannot use, and reports that only in its own log. {closest}.',
    fixes: (c, { beside }) => putInForce(c, beside),
  },
});
