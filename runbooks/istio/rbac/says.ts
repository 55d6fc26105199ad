// What `rbac` can say: who is refused what, where, by which rule (refusals.ts), and what is said beside that.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { refusals } from './refusals.ts';

const stale = { follow: { runbook: 'stale', target: 'pod' }, see: ['stale'] } as const;

export const findings = {
  ...refusals.findings,
  'no-proxy': cause('{pod} has no proxy, so no policy is enforced in front of it.', {
    means:
      'A 403 from it is the answer of its application, or of a gateway or waypoint on the way; policies that select it have no effect.',
    see: ['injection'],
  }),
  'proxy-silent': cause('The proxy of {pod} {trouble}, so what it enforces cannot be read.', {
    means:
      'A request to it hangs or fails whatever the policies say. Find out first what ails the proxy.',
    ...stale,
  }),
  'not-in-proxy': cause('The proxy of {pod} does not have {policies}.', {
    means:
      'It decides by the config it accepted last, whatever Kubernetes says: the policy has no effect yet. {refused}',
    ...stale,
  }),
  'stale-in-proxy': cause(
    'The proxy of {pod} still enforces {policies}, which Kubernetes does not have for it.',
    {
      means:
        'It decides by the config it accepted last, so what was deleted or changed still denies or allows. {refused}',
      ...stale,
    },
  ),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} from {src}, and the policies in Kubernetes allow it.',
    {
      means:
        'What the proxy logged is what counts: {line}. Its config may be older than the policies.',
      ...stale,
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

  'ignored-policy': contributor('AuthorizationPolicy {policy} does not apply to {pod}: {reason}.', {
    means: 'It names this workload, and istiod leaves it out without a word.',
  }),
  'dry-run-denies': contributor('{rule} would deny {request} from {src}, were it not a dry run.', {
    means:
      'It is annotated istio.io/dry-run: it only counts. Taking the annotation off closes this path.',
  }),
};
export const tell = tells(findings);
