// What the judges of admission need to know about Istio.
import { kubectl } from '../../../src/authoring.ts';
import { istioWords, type Webhook } from '../../../src/model/istio/inject/webhook.ts';
import { censusOf } from '../../shared/admission/census.ts';
import type { Mesh } from '../../shared/admission/mesh.ts';
import { refusalsOf } from '../../shared/admission/refused.ts';
import { fixes } from './fixes.ts';
import { letAnswer, letTrust } from './fixes/webhook.ts';
import { closedTo, shortReason } from './gates.ts';
import { tell } from './says.ts';
import { isLeftover, troubleOf, trustIn, trustText } from './trouble.ts';
import { verdictFor, type View } from './view.ts';
import { tellShared, words } from './words.ts';

export const mesh: Mesh<View, Webhook> = {
  ...{ words, fixes, tell: tellShared, troubleOf, letAnswer, letTrust, closedTo, shortReason },
  mend: letAnswer,
  refusal: istioWords,
  loses: (about, rest) => tell('loses-sidecar', about, rest),
  called(view, subject) {
    const verdict = verdictFor(view, subject);
    return 'by' in verdict ? verdict.by : undefined;
  },
  webhooksNamed: ({ world }, name) => world.webhooks.filter(({ entry }) => entry === name),
  beside: ({ view, webhook }) =>
    webhook && isLeftover(view, webhook)
      ? 'It is left over from an older install: its Service is gone, and another webhook injects in this mesh.'
      : undefined,
  trustText: (view, webhook) => trustText(trustIn(view, webhook)),
  keeper: () => undefined,
  about: ({ revision }) => ({ revision }),
  seeRefusals(subject) {
    const see = kubectl`get events -n ${subject.namespace} --field-selector reason=FailedCreate`;
    return [fixes.lookAt(subject, 'List the refusals of the last hour', see)];
  },
};

export const { refusedAt, notCreated, notListed } = refusalsOf(mesh);
export const census = censusOf(mesh);
