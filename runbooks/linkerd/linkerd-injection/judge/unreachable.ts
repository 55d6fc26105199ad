// A webhook in trouble that lets pods pass without a proxy, or would let the next ones down.
import type { Fix, Found } from '../../../../src/authoring.ts';
import type { Subject } from '../../../../src/model/kube/subject.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import { renew, type Named } from '../fixes.ts';
import { letAnswer, type Failing } from '../fixes/unreachable.ts';
import { letTrust } from '../fixes/untrusted.ts';
import { tell } from '../says.ts';
import { bundleText, troubleOf, troubleText, type Trouble } from '../trouble.ts';
import type { View } from '../view.ts';

type Known = Failing & { readonly webhook: Webhook; readonly trouble: Trouble };

/** A pod that was let through without a proxy. */
export function failingOpen(
  known: Known & { readonly subject: Subject },
  { sure }: { readonly sure: boolean },
): Found {
  const { view, subject } = known;
  const note = 'Only when the injector answers: until then a new pod gets no proxy either.';
  return tell('failing-open', about(known), {
    from: [...view.answering, ...view.from],
    sure,
    fixes: [...mend(known), { ...renew(subject), note }],
  });
}

/** The webhook as it is now would let the next pod down. A NetworkPolicy alone proves nothing while pods are injected. */
export function broken(view: View, subject: Named, webhook: Webhook): readonly Found[] {
  const trouble = troubleOf(view, webhook);
  if (!trouble || trouble.is === 'blocked') return [];
  const known = { view, subject, webhook, trouble };
  const lose = webhook.failurePolicy === 'Fail' ? 'be refused' : 'get no proxy';
  return [
    tell(
      'webhook-broken',
      { ...about(known), lose },
      { from: [...view.answering, ...view.from], sure: view.sure, fixes: mend(known) },
    ),
  ];
}

function about({ subject, webhook, trouble }: Known) {
  return {
    subject: subject.text,
    configuration: webhook.configuration,
    why: troubleText(trouble),
    bundleText: bundleText(webhook, trouble),
  };
}

function mend(known: Known): readonly Fix[] {
  return known.trouble.is === 'untrusted' ? letTrust(known) : letAnswer(known);
}
