// What `rbac` can say: who is refused what, where, by which rule, and when it is not RBAC at all.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

const denied = {
  'deny-rule': cause('{src} is denied {request} at {pod}: {rule} denies it.', {
    means: 'DENY is asked before any ALLOW, so no ALLOW policy helps: {why}. {because}',
  }),
  'deny-widened': cause(
    '{src} is denied {request} at {pod}: {rule} covers the whole port, which is TCP to the proxy.',
    {
      means:
        'On a TCP port {fields} cannot be told, so the proxy leaves them out of a DENY and every connection matches. Name the port http- if it carries HTTP.',
    },
  ),
  'deny-all': cause('{src} is denied {request} at {pod}: {policy} allows nothing.', {
    means:
      'An ALLOW policy without rules never matches, and once any ALLOW policy is in force whatever none of them allows is denied. No other one allows this.',
  }),
  'no-allow': cause('{src} is denied {request} at {pod}: no ALLOW rule matches, and {closest}.', {
    means:
      'Once any ALLOW policy is in force for a workload, whatever none of them allows is denied. In force here: {inForce}.',
  }),
  'caller-without-sidecar': cause(
    '{src} is denied {request} at {pod}: {rule} wants an identity, and the caller has no sidecar to show one.',
    {
      means:
        'Only mutual TLS carries an identity. {closest}. No change of the policy that keeps it would let this caller in.',
      follow: { runbook: 'injection' },
      see: ['injection'],
    },
  ),
  'plaintext-caller': cause(
    '{src} is denied {request} at {pod}: {rule} wants an identity, and the connection is plaintext: {because}.',
    { means: 'Only mutual TLS carries an identity. {closest}.' },
  ),
  'trust-domain': cause(
    "{src} is denied {request} at {pod}: {rule} names trust domain {named}, and the mesh's is {mesh}.",
    {
      means:
        'A principal begins with the trust domain of the mesh or one of its aliases, so this rule can match nobody here.',
    },
  ),
  'allow-dropped': cause(
    '{src} is denied {request} at {pod}: the proxy does not have {rule}, for {where}.',
    {
      means:
        '{fields} are of HTTP. There the proxy drops an ALLOW rule that has any of them, and a port without an ALLOW rule that matches is closed.',
    },
  ),
  'unknown-provider': cause(
    '{src} is denied {request} at {pod}: {rule} asks the external authorizer {provider}, and {trouble}.',
    {
      means:
        'istiod makes a DENY of a CUSTOM rule that it cannot pass on. Providers there are: {known}.',
    },
  ),
  'dry-run-enforced': cause(
    '{src} is denied {request} at {pod}: {rule} is a dry run, and denies all the same.',
    {
      means:
        'Istio 1.31 enforces the rules of a dry-run CUSTOM policy as a DENY; no external authorizer is asked for its opinion.',
    },
  ),
  'token-missing': cause(
    '{src} is denied {request} at {pod}: {rule} wants a token, and the request carries none that was accepted.',
    {
      means:
        'RequestAuthentication lets a request without a token pass; the ALLOW rule is what wants one. {closest}.',
    },
  ),
};

const elsewhere = {
  'jwt-refused': cause(
    '{src} is refused {request} at {pod} by RequestAuthentication, not by RBAC: {reason}.',
    {
      means:
        'The answer is 401: a token came along that no issuer here accepts. No policy was asked.',
    },
  ),
  'ext-authz-denied': cause(
    '{src} is refused {request} at {pod} by the external authorizer {provider}, not by RBAC.',
    { means: '{policy} sends such requests to {service}, which said no. Only its log says why.' },
  ),
  'ext-authz-unreachable': cause(
    'The external authorizer {provider} does not answer, so {pod} refuses {request} from {src}.',
    {
      means:
        '{policy} sends such requests to {service}, and a request that cannot be checked is denied.',
    },
  ),
  'strict-without-sidecar': cause(
    '{pod} refuses plaintext at port {port}, and {src} has no sidecar to send anything else.',
    {
      means:
        'This is mutual TLS, not RBAC: {policy} sets STRICT, so the connection is closed before any request is read.',
      follow: { runbook: 'injection' },
      see: ['injection'],
    },
  ),
  'strict-plaintext': cause(
    '{pod} refuses plaintext at port {port}, and {src} sends plaintext: {because}.',
    {
      means:
        'This is mutual TLS, not RBAC: {policy} sets STRICT, so the connection is closed before any request is read.',
    },
  ),
  'application-refuses': cause(
    'The application in {pod} answers {status} itself to {src}: no policy of the mesh refuses {request}.',
    { means: 'The proxy passed the request on and the answer came back from the container.' },
  ),
};

const proxy = {
  'no-proxy': cause('{pod} has no proxy, so no policy is enforced in front of it.', {
    means:
      'A 403 from it is the answer of its application, or of a gateway or waypoint on the way; policies that select it have no effect.',
    see: ['injection'],
  }),
  'proxy-silent': cause('The proxy of {pod} {trouble}, so what it enforces cannot be read.', {
    means:
      'A request to it hangs or fails whatever the policies say. Find out first what ails the proxy.',
    follow: { runbook: 'stale', target: 'pod' },
    see: ['stale'],
  }),
  'not-in-proxy': cause('The proxy of {pod} does not have {policies}.', {
    means:
      'It decides by the config it accepted last, whatever Kubernetes says: the policy has no effect yet. {refused}',
    follow: { runbook: 'stale', target: 'pod' },
    see: ['stale'],
  }),
  'stale-in-proxy': cause(
    'The proxy of {pod} still enforces {policies}, which Kubernetes does not have for it.',
    {
      means:
        'It decides by the config it accepted last, so what was deleted or changed still denies or allows. {refused}',
      follow: { runbook: 'stale', target: 'pod' },
      see: ['stale'],
    },
  ),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} from {src}, and the policies in Kubernetes allow it.',
    {
      means:
        'What the proxy logged is what counts: {line}. Its config may be older than the policies.',
      follow: { runbook: 'stale', target: 'pod' },
      see: ['stale'],
    },
  ),
  'denied-now': symptom(
    'The proxy of {pod} denies requests now ({figures}), and its access log does not say whose.',
    {
      means:
        'Name a caller to have its requests decided, or turn the access log on for this workload for a while.',
    },
  ),
  'hangs-on': symptom('Whether {src} may send {request} to {pod} hangs on {what}.', {
    means: '{options}{worst}',
  }),
};

const ambient = {
  'waypoint-identity': cause(
    '{pod} denies {request}: to its ztunnel the caller is the waypoint {waypoint}, and {closest}.',
    {
      means:
        'Behind a waypoint the destination sees the waypoint in place of {src}. A policy that names callers belongs to the waypoint, by targetRefs; one for the workload names the waypoint.',
    },
  ),
  'waypoint-bypassed': contributor(
    '{src} does not pass the waypoint {waypoint} on its way to {pod}, so {policies} is not asked.',
    {
      means:
        'Only a caller in ambient mode is sent through a waypoint; a sidecar, a gateway without istio.io/ingress-use-waypoint or a caller outside the mesh goes straight to the pod.',
    },
  ),
};

const advice = {
  'ignored-policy': contributor('AuthorizationPolicy {policy} does not apply to {pod}: {reason}.', {
    means: 'It names this workload, and istiod leaves it out without a word.',
  }),
  'dry-run-denies': contributor('{rule} would deny {request} from {src}, were it not a dry run.', {
    means:
      'It is annotated istio.io/dry-run: it only counts. Taking the annotation off closes this path.',
  }),
};

export const findings = { ...denied, ...elsewhere, ...proxy, ...ambient, ...advice };
export const tell = tells(findings);
