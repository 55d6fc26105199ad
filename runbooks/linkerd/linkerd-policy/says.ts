// What `linkerd-policy` can say: which policy denies whom what and where (refusals.ts), and when it is not policy at all.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import * as labels from '../../shared/linkerd/setting-labels.ts';
import { refusals } from './refusals.ts';

export const findings = {
  ...refusals.findings,
  'rate-limited': cause('{policy} limits port {port} of {pod}: the proxy answers 429.', {
    means:
      '{figures}. This is not a denial: the same callers get in when there are fewer requests; callers without an identity share one limit.',
  }),
  'application-refuses': cause(
    'The application in {pod} answers 403 itself: no Linkerd policy denies these requests.',
    {
      means:
        'The proxy passed the requests on, and {figures}. The proxy never counts its own denials as answers of the application.',
    },
  ),
  'no-proxy': cause('{pod} has no Linkerd proxy, so Linkerd enforces no policy for it.', {
    means: 'A 403 from it comes from its application; Servers that select it have no effect.',
    follow: { runbook: 'linkerd-injection', target: 'pod' },
    see: ['linkerd-injection'],
  }),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} to {src}, although the policies in Kubernetes allow it.',
    {
      means:
        'The proxy decides, not Kubernetes: {line}. It uses what the policy controller sent last, and its own default before the first update.',
    },
  ),
  'denied-now': symptom('The proxy of {pod} is denying callers: {figures}.', {
    means:
      'Its counters do not name callers without an identity. Name a caller to check its requests.',
  }),
  'denied-earlier': symptom(
    'The policies allow {src} {request} of {pod}, but its proxy has denied it since they last changed.',
    {
      means:
        'It logged: {line}. No denial is from the last two minutes, so it may be over: send such a request, and run meshdoc again.',
    },
  ),
  'hangs-on': symptom('Whether {src} is allowed {request} of {pod} depends on {what}.', {
    means: '{options}',
  }),

  // What leaves the cluster.
  'egress-denied': cause('{network} denies {traffic} from {pod}: {why}.', {
    means:
      "The pod's own proxy enforces this: it answers HTTP with 403 (traffic not allowed) and closes every other connection, by default without a log line. {bound}",
  }),
  'egress-denied-before': symptom('{network} has denied {traffic} from {pod}: {why}.', {
    means:
      'The proxy counts {figures}, and none while meshdoc watched. Name the pod and the host to check one host.',
  }),
  'egress-hangs-on': symptom('Whether {pod} may reach {host} depends on {what}.', {
    means: '{options}',
  }),

  // Advice.
  'egress-unwatched': contributor(
    'No EgressNetwork applies to what {pod} sends to {host}: {because}.',
    { means: 'Only the proxy of the pod enforces one.' },
  ),
  ...labels.findings,
  'past-proxy': contributor(
    'Port {port} of {pod} bypasses the proxy: no policy is enforced there.',
    {
      means:
        'linkerd-init skips this port (skip-inbound-ports), so its traffic never passes the proxy.',
    },
  ),
  'ignored-policy': contributor('{policy} has no effect on {pod}: {why}.', {
    means: 'Linkerd does not report this, because policies have no status.',
  }),
  'ignored-route': contributor('{route} is not in force on {server}: {why}.', {
    means: 'Its requests take other routes of the Server, or the default route.',
  }),
  'two-servers': contributor(
    '{others} cannot take effect on port {port} of {pod}: {server} selects it and wins.',
    { means: 'If several Servers select the same port, the oldest one wins.' },
  ),
  'audit-only': contributor(
    '{decider} allows {request} of {pod} to {src} only because it is in audit mode.',
    {
      means:
        'Audit mode allows everything and logs what no other policy allows. With deny instead, this caller would be denied.',
    },
  ),
};
export const tell = tells(findings);
