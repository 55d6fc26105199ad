// What can be said of istiod, in every runbook of Istio.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

const noNews =
  'The fault is in the control plane, not in one pod: proxies keep their last accepted config, and no change of a route, policy or endpoint reaches them.';
const doNotRestart =
  'Do not restart workloads: new pods get no certificate and no config, and never become ready.';

export const findings = {
  'scaled-to-zero': cause('{resource} is scaled to 0, so no istiod runs.', {
    means: noNews,
    avoid: doNotRestart,
  }),
  'istiod-down': cause('{resource} has no ready pod: {reason}.', {
    means: `${noNews} {words}`,
    avoid: doNotRestart,
  }),
  'istiod-killed': cause('{resource} has no ready pod: istiod was OOM-killed ({reason}).', {
    means: noNews,
    avoid: doNotRestart,
    see: ['oom'],
    follow: { runbook: 'oom' },
  }),
  'no-control-plane': symptom('No istiod was found in {root}.', {
    means:
      'It runs in another namespace (name it with -i) or in another cluster, or it was removed.',
  }),
  'istiod-not-ready': contributor('istiod pod {istiod} is not ready: {reason}.', {
    means: 'Until it is, the other istiods serve its proxies too.',
  }),
};

export const tell = tells(findings);
