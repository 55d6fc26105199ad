// What `linkerd-policy` can say: who is denied what, where, by which policy (refusals.ts), and when it is not policy at all.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { refusals } from './refusals.ts';

export const findings = {
  ...refusals.findings,
  'rate-limited': cause(
    'The proxy of {pod} answers 429 at port {port}: HTTPLocalRateLimitPolicy {policy} lets no more through.',
    {
      means:
        '{figures}. It is no denial: the same callers get in once there are fewer requests. Callers without an identity share one limit.',
    },
  ),
  'application-refuses': cause(
    'The application in {pod} answers 403 itself: no policy of Linkerd denies these requests.',
    {
      means:
        'The proxy passed the requests on, and {figures}. A denial by policy is never counted as an answer of the application.',
    },
  ),
  'no-proxy': cause('{pod} has no Linkerd proxy, so no policy is enforced in front of it.', {
    means: 'A 403 from it is the answer of its application; Servers that select it have no effect.',
    follow: { runbook: 'linkerd-injection', target: 'pod' },
    see: ['linkerd-injection'],
  }),
  'denies-otherwise': cause(
    'The proxy of {pod} denies {request} of {src}, and the policies in Kubernetes allow it.',
    {
      means:
        'What the proxy does is what counts: {line}. It decides by what the policy controller sent it last, and by its own default until it heard of it.',
    },
  ),
  'denied-now': symptom('The proxy of {pod} denies callers now: {figures}.', {
    means:
      'Its counters do not name a caller without an identity. Name one to have its requests decided.',
  }),
  'hangs-on': symptom('Whether {src} gets {request} of {pod} hangs on {what}.', {
    means: '{options}',
  }),

  // Advice.
  'past-proxy': contributor('No policy is enforced at port {port} of {pod}.', {
    means:
      'The port is one of those that linkerd-init leaves alone (skip-inbound-ports): what comes to it never meets the proxy.',
  }),
  'ignored-policy': contributor('{policy} has no effect on {pod}: {why}.', {
    means: 'Linkerd says nothing of it, for policies have no status.',
  }),
  'ignored-route': contributor('{route} is not in force at {server}: {why}.', {
    means: 'Its requests are taken by other routes of the Server, or by the default one.',
  }),
  'two-servers': contributor(
    '{others} selects port {port} of {pod} too, and has no effect there.',
    { means: 'Of Servers that select one port the oldest counts: here {server}.' },
  ),
  'audit-only': contributor(
    '{src} gets {request} of {pod} by an audit alone: {server} lets all in.',
    {
      means:
        'An audit policy allows everything and logs what no other policy allowed. With deny in its place this caller would be denied.',
    },
  ),
};
export const tell = tells(findings);
