// What `injection` concludes from all answers, and the last questions that it asks.
import { check, skip, valueOf, withOwn } from '../../../../src/authoring.ts';
import { meshConfig } from '../../../../src/facts/istio/mesh-config.ts';
import * as facts from '../../../../src/facts/kube/refusals.ts';
import { selects } from '../../../../src/model/kube/labels.ts';
import { namespaceOf, subjectOf, type Input } from '../../../shared/kube/subject.ts';
import { gatesIn } from '../judge/namespace.ts';
import { gatesOf, withoutProxy } from '../judge/pod.ts';
import { notListed, refusedAt } from '../mesh.ts';
import { tell } from '../says.ts';
import { viewOf } from '../view.ts';
import { asked } from './asked.ts';

export const refusals = check<Input>()({
  id: 'refusals',
  asks: 'Were its pods refused?',
  why: 'A pod that was never created has no status; only an event of its owner says why.',
  rulesOut: 'pods that are refused',
  uses: [facts.refusals],
  gather: (look, { target }) => look(facts.refusals, { namespace: namespaceOf(target) }),
  sees: asked,
  judge: (got, seen, input) => {
    const view = viewOf(withOwn(seen, { refusals: got }), input);
    return view && refusedAt(view, seen.pod, input.target);
  },
});

/** Both gates: what would happen to a new pod, compared with what is there now. */
export const gates = check<Input>()({
  id: 'gates',
  asks: 'Would a new pod get a sidecar, and why does this one have none?',
  why: 'Compares what the API server and istiod would decide now with what is there.',
  rulesOut: 'a webhook that does not select it, an istiod that skips it',
  uses: [],
  sees: { ...asked, refusals },
  judge: (_, seen, input) => {
    const view = viewOf(seen, input);
    if (!view) return;
    if (input.target.is === 'namespace') return gatesIn(view);
    const subject = subjectOf(seen.pod, input.target);
    if (!subject) return notListed(view, seen.pod, input.target);
    const found = gatesOf(view, subject);
    return found.length > 0 ? found : withoutProxy(subject);
  },
});

export const discovery = check<Input>()({
  id: 'discovery',
  asks: 'Does istiod watch the namespace?',
  why: 'Pods outside discoverySelectors are injected, but istiod ignores them.',
  uses: [meshConfig],
  after: { webhooks: asked.webhooks },
  when: ({ webhooks }) =>
    (valueOf(webhooks)?.webhooks.length ?? 0) > 0 || skip('no webhook injects here'),
  gather: (look, { root, revision }) => look(meshConfig, { root, revision }),
  sees: { namespace: asked.namespace },
  // The selectors are OR-ed; none means every namespace (istio pkg/kube/namespace/filter.go).
  judge: (got, { namespace: here }, { revision = 'default' }) => {
    if (got.kind !== 'known' || here?.kind !== 'known') return;
    const { discoverySelectors: selectors } = got.value;
    const { name, labels: own } = here.value;
    const labels = { ...own, 'kubernetes.io/metadata.name': name };
    if (selectors.length === 0 || selectors.some((selector) => selects(selector, labels))) return;
    return [tell('not-discovered', { revision, namespace: name }, { from: [got, here] })];
  },
});
