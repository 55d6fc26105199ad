// What `rbac` can say: which rule refuses whose request (refusals.ts), and everything else.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { refusals } from './refusals.ts';

const stale = { follow: { runbook: 'stale', target: 'pod' }, see: ['stale'] } as const;

export const findings = {
  ...refusals.findings,
  'no-proxy': cause('Pod {pod} has no proxy, so no policy is enforced in front of it.', {
    means:
      'A 403 comes from its application, or from a gateway or waypoint on the way. Policies that select this pod have no effect.',
    see: ['injection'],
  }),
  'grpc-enforces': symptom(
    '{pod} uses proxyless gRPC: the gRPC library in the application enforces policies, not a proxy.',
    {
      means:
        'istiod sends it the policies, but which of them it enforces shows only in the application: its log, and the status code that its gRPC server returns.',
    },
  ),
  'unknown-template': symptom(
    '{pod} was injected with {added} by a custom template, which adds no istio-proxy.',
    {
      means:
        'No proxy of Istio enforces policies in front of it. Whether anything else does, whoever maintains the template knows (ConfigMap istio-sidecar-injector).',
    },
  ),
  'proxy-silent': cause('The proxy of {pod} {state}, so its rules cannot be read.', {
    means:
      'Requests to this pod hang or fail, whatever the policies say. First find out what is wrong with the proxy.',
    ...stale,
  }),
  'not-in-proxy': cause('The proxy of {pod} does not have {policies}.', {
    means:
      'It enforces the last config that it accepted, so the policy has no effect yet. {refused}',
    ...stale,
  }),
  'stale-in-proxy': cause(
    'The proxy of {pod} still enforces {policies}, which Kubernetes does not have for this pod.',
    {
      means:
        'It enforces the last config that it accepted, so a deleted or changed policy still denies or allows. {refused}',
      ...stale,
    },
  ),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} from {src}, but the policies in Kubernetes allow it.',
    {
      means: 'The proxy decides, and it logged: {line}. Its config may be older than the policies.',
      ...stale,
    },
  ),
  'port-bypasses-sidecar': cause(
    'Port {port} of {pod} bypasses its sidecar because of {by}, so {policies} cannot be enforced there.',
    {
      means:
        'Requests to this port go straight to the application: no policy, no mutual TLS and no access log of the mesh. If such a request gets 403, the application answers it.',
    },
  ),
  'namespace-not-discovered': cause(
    'istiod does not read namespace {namespace}, so {policies} cannot have any effect.',
    {
      means:
        'The mesh has discoverySelectors, and none of them selects the labels of this namespace. istiod ignores every Istio resource and every Service in it.',
    },
  ),
  'keys-not-fetched': cause(
    'istiod could not fetch the keys of issuer {issuer} from {uri}, so {pod} refuses every token of this issuer.',
    {
      means:
        'istiod itself fetches the keys, from its own pod and without a sidecar. Until it has them, it gives the proxy a placeholder that fits no token: 401 "Jwt verification fails" or "Jwks doesn\'t have key".',
    },
  ),
  'fault-injected': cause(
    '{resource} makes the proxy of {pod} answer {status} to {request} itself{where}.',
    {
      means:
        'It injects a fault (fault.abort): the request never leaves the caller and does not reach {host}, and no policy denies it.',
    },
  ),
  'denied-now': symptom(
    'The proxy of {pod} is denying requests now ({figures}), but its access log does not show from whom.',
    {
      means:
        'Name a caller to check its requests, or turn on the access log of this workload for a while.',
    },
  ),
  'refused-before-change': symptom(
    'The last refusal at {pod} ({then}) is older than its policies, which last changed at {since}.',
    {
      means:
        'It proves nothing about them. Judged by them, such a request would be refused again, or may be. Send it again and then run this again, or name the caller.',
    },
  ),
  'hangs-on': symptom('Whether {request} from {src} to {pod} is allowed depends on {what}.', {
    means: '{options}{worst}',
  }),

  'waypoint-identity': cause(
    '{resource} does not allow waypoint {waypoint} to send {request} of {pod}.',
    {
      means:
        'Behind a waypoint, the destination sees the waypoint as the caller, not {src}: {closest}. Attach a policy about callers to the waypoint (targetRefs); a policy for the workload must allow the waypoint.',
    },
  ),
  'waypoint-bypassed': contributor(
    'Requests from {src} to {pod} bypass waypoint {waypoint}, so it cannot enforce {policies}.',
    {
      means:
        'Only a caller in ambient mode goes through a waypoint. A sidecar, a gateway without istio.io/ingress-use-waypoint and a caller outside the mesh go straight to the pod.',
    },
  ),

  'ignored-policy': contributor('AuthorizationPolicy {policy} does not apply to {pod}: {reason}.', {
    means: 'It names this workload, but istiod silently ignores it there.',
  }),
  'dry-run-denies': contributor(
    '{rule} would deny {request} from {src} if it were not a dry run.',
    {
      means:
        'It has the annotation istio.io/dry-run, so it only counts. Without the annotation it denies such requests.',
    },
  ),
};
export const tell = tells(findings);
