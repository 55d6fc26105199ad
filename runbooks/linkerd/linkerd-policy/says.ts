// What `linkerd-policy` can say: who is denied what, where, by which policy, and when it is not policy at all.
import { cause, contributor, inspect, kubectl, linkerd, symptom } from '../../../src/authoring.ts';
import { again, letIn, readAll, readPolicy, renumber, retarget } from './fixes.ts';

const asked = ['again', 'repairs', 'namespace'] as const;
const named = ['policyName', 'policyNamespace'] as const;

const byAddress = (ip: string) => kubectl`get pods -A -o wide --field-selector status.podIP=${ip}`;

const denied = {
  'default-denies': cause(
    '{src} is denied {request} of {pod}: no Server selects the port, and {server} does not let it in.',
    {
      means:
        'Where no Server selects a port the default policy decides, which {origin}. Linkerd only ever allows: what nothing allows is denied. {closest}.',
      reach: '{seen}',
      with: [...asked],
      fixes: (a) => [readAll(a), ...letIn(a)],
    },
  ),
  'no-authorization': cause(
    '{src} is denied {request} of {pod}: {server} selects the port, and no authorization is for it.',
    {
      means:
        'A Server takes a port away from the default policy: from then on only what an AuthorizationPolicy for it allows gets in.',
      reach: '{seen}',
      with: [...asked],
      fixes: (a) => [readAll(a), ...letIn(a)],
    },
  ),
  'route-not-authorized': cause(
    '{src} is denied {request} of {pod}: the request takes {route}, and no authorization is for it.',
    {
      means:
        'Of a route that is attached to a Server each needs its own authorization, or {server} one for all of them.',
      reach: '{seen}',
      with: [...asked],
      fixes: (a) => [readAll(a), ...letIn(a)],
    },
  ),
  'identity-not-allowed': cause(
    '{src} is denied {request} of {pod}: {server} authorizes others, and {closest}.',
    {
      means:
        'The caller shows the identity {identity}, and any one authorization that names it would be enough.',
      reach: '{seen}',
      with: [...asked, ...named],
      fixes: (a) => [readPolicy(a), ...letIn(a)],
    },
  ),
  'network-not-allowed': cause(
    '{src} is denied {request} of {pod}: its address {ip} is in no network that {server} authorizes.',
    {
      means:
        'All that an authorization requires must hold together: {closest}. Addresses of pods change with every restart.',
      reach: '{seen}',
      with: [...asked, ...named],
      fixes: (a) => [readPolicy(a), ...letIn(a)],
    },
  ),
  'caller-not-meshed': cause(
    '{src} is denied {request} of {pod}: {server} wants an identity, and {because}.',
    {
      means:
        'Only mutual TLS between two proxies carries an identity. {closest}. No policy that keeps that would let this caller in.',
      reach: '{seen}',
      with: [...asked, 'caller'],
      fixes: (a) => [readAll(a)],
      follow: { runbook: 'linkerd-injection', target: 'caller' },
      see: ['linkerd-injection'],
    },
  ),
  'caller-plaintext': cause(
    '{src} is denied {request} of {pod}: {server} wants an identity, and {because}.',
    {
      means: 'Only mutual TLS between two proxies carries an identity. {closest}.',
      reach: '{seen}',
      with: [...asked, 'callerName', 'callerNamespace', 'ip'],
      fixes: (a) => [
        a.callerName === ''
          ? inspect('Find out who has the address', byAddress(a.ip), again(a.again))
          : inspect(
              "Read what the caller's proxy leaves alone",
              kubectl`get pod ${a.callerName} -n ${a.callerNamespace} -o yaml`,
              again(a.again),
            ),
      ],
    },
  ),
  'admin-denied': cause(
    '{src} is denied {request} of {pod}, where its proxy serves metrics: {server} does not let it in.',
    {
      means:
        'The admin port is behind the same policies as any other, so whoever scrapes it is answered 403 and the pod has no metrics. {closest}.',
      reach: '{seen}',
      with: [...asked],
      fixes: (a) => [
        inspect(
          'Print the policies that let the Prometheus of linkerd-viz scrape this namespace',
          linkerd`viz allow-scrapes -n ${a.namespace}`,
          again(a.again),
        ),
        ...letIn(a),
      ],
    },
  ),
  'no-route': cause(
    '{request} of {pod} is answered 404 by its proxy: {routes} of {server} do not match it.',
    {
      means:
        'Once a route is attached to a Server, what no route matches is not found; the default route is gone, and with it the leave of the probes of the kubelet. No authorization changes that.',
      reach: '{seen}',
      with: [...asked],
      fixes: (a) => [readAll(a)],
    },
  ),
};

const meant = {
  'dangling-target': cause(
    '{src} is denied {request} of {pod}: {policy} would let it in, but {why}.',
    {
      means:
        'Linkerd says nothing of a name that leads nowhere; such a policy has no effect. Here {server} decides.',
      reach: '{seen}',
      avoid: '{owned}',
      with: [...asked, ...named, 'target', 'serverName'],
      fixes: (a) => [readPolicy(a), ...retarget(a), ...letIn(a)],
    },
  ),
  'wrong-namespace': cause(
    '{src} is denied {request} of {pod}: {policy} would let it in, but {why}.',
    {
      means:
        'Servers, routes and the policies for them are of one namespace: that of the pod. Only authentications may be elsewhere.',
      reach: '{seen}',
      avoid: '{owned}',
      with: [...asked, ...named],
      fixes: (a) => [readPolicy(a), ...letIn(a)],
    },
  ),
  'server-shadowed': cause(
    '{src} is denied {request} of {pod}: {policy} would let it in, but {why}.',
    {
      means:
        'Of two Servers that select one port of a pod the older counts, and of equally old ones the first by name.',
      reach: '{seen}',
      avoid: '{owned}',
      with: [...asked, ...named, 'target', 'serverName'],
      fixes: (a) => [readPolicy(a), ...retarget(a), ...letIn(a)],
    },
  ),
  'port-name': cause('{src} is denied {request} of {pod}: {policy} would let it in, but {why}.', {
    means:
      'A Server finds its port by the name that a container gives it; here {server} decides instead.',
    reach: '{seen}',
    avoid: '{owned}',
    with: [...asked, ...named, 'serverName', 'portName', 'port'],
    fixes: (a) => [readPolicy(a), renumber(a), ...letIn(a)],
  }),
  'route-not-in-force': cause(
    '{src} is denied {request} of {pod}: {policy} would let it in, but {why}.',
    {
      means: 'A policy for a route has no effect where the route has none. Here {server} decides.',
      reach: '{seen}',
      avoid: '{owned}',
      with: [...asked, ...named],
      fixes: (a) => [readPolicy(a), ...letIn(a)],
    },
  ),
  'void-policy': cause('{src} is denied {request} of {pod}: {policy} is for it, but {why}.', {
    means:
      'Linkerd leaves out an AuthorizationPolicy of which an authentication is not there, without a word but in its own log. {closest}.',
    reach: '{seen}',
    avoid: '{owned}',
    with: [...asked, ...named],
    fixes: (a) => [readPolicy(a), ...letIn(a)],
  }),
};

const elsewhere = {
  'rate-limited': cause(
    'The proxy of {pod} answers 429 at port {port}: HTTPLocalRateLimitPolicy {policy} lets no more through.',
    {
      means:
        '{figures}. It is no denial: the same callers get in once there are fewer requests. Callers without an identity share one limit.',
      with: ['policyName', 'policyNamespace', 'again'],
      fixes: (a) => [readPolicy(a, 'httplocalratelimitpolicies')],
    },
  ),
  'application-refuses': cause(
    'The application in {pod} answers 403 itself: no policy of Linkerd denies these requests.',
    {
      means:
        'The proxy passed the requests on, and {figures}. A denial by policy is never counted as an answer of the application.',
      with: ['namespace', 'name', 'container', 'again'],
      fixes: (a) => [
        inspect(
          "Read the application's log",
          kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --tail=50`,
          again(a.again),
        ),
      ],
    },
  ),
  'no-proxy': cause('{pod} has no Linkerd proxy, so no policy is enforced in front of it.', {
    means: 'A 403 from it is the answer of its application; Servers that select it have no effect.',
    fixes: () => [],
    follow: { runbook: 'linkerd-injection', target: 'pod' },
    see: ['linkerd-injection'],
  }),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} of {src}, and the policies in Kubernetes allow it.',
    {
      means:
        'What the proxy does is what counts: {line}. It decides by what the policy controller sent it last, and by its own default until it heard of it.',
      reach: '{seen}',
      with: [...asked, 'controlPlane'],
      fixes: (a) => [
        inspect(
          'See whether the policy controller is up',
          kubectl`get pods -n ${a.controlPlane}`,
          again(a.again),
        ),
        readAll(a),
      ],
    },
  ),
  'denied-now': symptom('The proxy of {pod} denies callers now: {figures}.', {
    means:
      'Its counters do not name a caller without an identity. Name one to have its requests decided.',
    with: [...asked],
    fixes: (a) => [readAll(a)],
  }),
  'hangs-on': symptom('Whether {src} gets {request} of {pod} hangs on {what}.', {
    means: '{options}',
  }),
};

const advice = {
  'past-proxy': contributor('No policy is enforced at port {port} of {pod}.', {
    means:
      'The port is one of those that linkerd-init leaves alone (skip-inbound-ports): what comes to it never meets the proxy.',
  }),
  'ignored-policy': contributor('{policy} has no effect on {pod}: {why}.', {
    means: 'Linkerd says nothing of it, for policies have no status.',
    avoid: '{owned}',
    with: [...named, 'again'],
    fixes: (a) => [readPolicy(a)],
  }),
  'ignored-route': contributor('{route} is not in force at {server}: {why}.', {
    means: 'Its requests are taken by other routes of the Server, or by the default one.',
  }),
  'two-servers': contributor(
    '{others} selects port {port} of {pod} too, and has no effect there.',
    {
      means: 'Of Servers that select one port the oldest counts: here {server}.',
    },
  ),
  'audit-only': contributor(
    '{src} gets {request} of {pod} by an audit alone: {server} lets all in.',
    {
      means:
        'An audit policy allows everything and logs what no other policy allowed. With deny in its place this caller would be denied.',
    },
  ),
};

export const findings = { ...denied, ...meant, ...elsewhere, ...advice };
export type Findings = typeof findings;
