// What `injection` concludes: from all that was asked before, and the last answers beside it.
import { check, skip, valueOf, withOwn } from '../../../../src/authoring.ts';
import { meshConfig } from '../../../../src/facts/istio/mesh-config.ts';
import * as facts from '../../../../src/facts/kube/refusals.ts';
import * as judge from '../judge.ts';
import { namespaceOf, type Input } from '../../../shared/kube/subject.ts';
import { asked } from './asked.ts';

export const refusals = check<Input>()({
  id: 'refusals',
  asks: 'Were its pods refused?',
  why: 'A pod that was never created has no status; only its maker knows.',
  rulesOut: 'pods that are refused',
  uses: [facts.refusals],
  gather: (look, { target }) => look(facts.refusals, { namespace: namespaceOf(target) }),
  sees: asked,
  judge: (got, seen, input) => judge.refusals(withOwn(seen, { refusals: got }), input),
});

export const gates = check<Input>()({
  id: 'gates',
  asks: 'Would a new pod get a sidecar, and why does this one have none?',
  why: 'What the API server and istiod decide now, held against what is there.',
  rulesOut: 'a webhook that does not select it, and an istiod that leaves it out',
  uses: [],
  sees: { ...asked, refusals },
  judge: (_, seen, input) => judge.gates(seen, input),
});

export const discovery = check<Input>()({
  id: 'discovery',
  asks: 'Does istiod look at the namespace at all?',
  why: 'A namespace outside discoverySelectors is injected and then forgotten.',
  uses: [meshConfig],
  after: { webhooks: asked.webhooks },
  when: ({ webhooks }) =>
    (valueOf(webhooks)?.webhooks.length ?? 0) > 0 || skip('no webhook injects here'),
  gather: (look, { root, revision }) => look(meshConfig, { root, revision }),
  sees: { namespace: asked.namespace },
  judge: (got, { namespace }, input) => judge.discovery(got, namespace, input),
});
