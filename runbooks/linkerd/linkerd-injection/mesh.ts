// What the judges of admission need to know about Linkerd.
import { linkerdWords, type Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import { censusOf } from '../../shared/admission/census.ts';
import type { Mesh } from '../../shared/admission/mesh.ts';
import { refusalsOf } from '../../shared/admission/refused.ts';
import { fixes } from './fixes.ts';
import { letAnswer, mend } from './fixes/unreachable.ts';
import { letTrust } from './fixes/untrusted.ts';
import { closedTo, shortReason } from './gates.ts';
import { verdictFor } from './here.ts';
import { tell } from './says.ts';
import { keeper, troubleOf, trustText } from './trouble.ts';
import type { View } from './view.ts';
import { tellShared, words } from './words.ts';

export const mesh: Mesh<View, Webhook> = {
  ...{ words, fixes, tell: tellShared, troubleOf, trustText, keeper },
  ...{ letAnswer, letTrust, mend, closedTo, shortReason },
  refusal: linkerdWords,
  loses: (about, rest) => tell('loses-proxy', about, rest),
  called(view, subject) {
    const verdict = verdictFor(view, subject);
    return 'by' in verdict && verdict.is !== 'not-called' ? verdict.by : undefined;
  },
  webhooksNamed: ({ world }, name) => world.webhooks.filter(({ entry }) => entry === name),
  about: () => ({}),
  seeRefusals: () => [],
};

export const { refusedAt, notCreated, notListed } = refusalsOf(mesh);
export const census = censusOf(mesh);
