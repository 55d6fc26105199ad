// What `linkerd-control-plane` can say: a finding for each part, with what nobody gets while it is down.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

const doNotRestart =
  'Do not restart workloads: what their new pods need of this part, they do not get either.';

export const findings = {
  'destination-down': cause('{resource} has no ready pod: {reason}.', {
    means:
      'No proxy can look up a service: connections to what a proxy has not looked up yet fail, and endpoints and policies stay as they were. {words}',
    avoid: doNotRestart,
  }),
  'identity-down': cause('{resource} has no ready pod: {reason}.', {
    means:
      'Nobody signs certificates: proxies keep the ones they have, for a day at most by default, and new pods never become ready. {words}',
    avoid: doNotRestart,
    see: ['linkerd-identity'],
  }),
  'injector-down': cause('{resource} has no ready pod: {reason}.', {
    means:
      'New pods get no proxy, or are refused where the webhook has failurePolicy Fail. Running pods do not need the injector. {words}',
    avoid: doNotRestart,
    see: ['linkerd-injection'],
  }),
  'part-down': cause('{resource} has no ready pod: {reason}.', {
    means: "It is a part of Linkerd's control plane, and nobody gets an answer from it. {words}",
  }),
  'part-killed': cause('{resource} has no ready pod: it was OOM-killed ({reason}).', {
    means: "It is a part of Linkerd's control plane, and nobody gets an answer from it.",
    avoid: doNotRestart,
    see: ['oom'],
    follow: { runbook: 'oom' },
  }),
  'part-not-ready': contributor('{pod} is not ready: {reason}.', {
    means: 'Until it is, the other pods of its part serve alone.',
  }),
  'not-found': symptom('No control plane of Linkerd was found: {why}.', {
    means:
      'Name its namespace with -L if it has no label linkerd.io/is-control-plane. Where it was removed, proxies that still run keep what they had.',
  }),
};

export const tell = tells(findings);
