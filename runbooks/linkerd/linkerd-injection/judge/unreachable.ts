// A webhook that fails now, and would fail for the next pods.
import type { Found } from '../../../../src/authoring.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import type { Named } from '../../../shared/admission/fixes.ts';
import { mend } from '../fixes/unreachable.ts';
import { tell } from '../says.ts';
import { keeper, troubleOf } from '../trouble.ts';
import type { View } from '../view.ts';

/** A NetworkPolicy alone proves nothing while pods are injected. */
export function broken(view: View, subject: Named, webhook: Webhook): readonly Found[] {
  const trouble = troubleOf(view, webhook);
  if (!trouble || trouble.is === 'blocked') return [];
  const { configuration, failurePolicy } = webhook;
  const about = {
    ...{ subject: subject.text, configuration, why: trouble.why },
    bundle: trouble.is === 'untrusted' ? keeper(webhook) : undefined,
    lose: failurePolicy === 'Fail' ? 'be refused' : 'get no proxy',
  };
  const fixes = mend({ view, subject, webhook, trouble });
  const from = [...view.answering, ...view.from] as const;
  return [tell('webhook-broken', about, { from, sure: view.sure, fixes })];
}
