// A webhook that cannot be answered: with the policy Fail new pods are refused, with Ignore they pass without a sidecar.
import { valueOf, type Found } from '../../../../src/authoring.ts';
import { outageOf } from '../../../../src/facts/kube/webhook-backend.ts';
import type { Trust } from '../../../../src/model/istio/inject/trust.ts';
import type { Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../../src/model/kube/subject.ts';
import { backendOf, istiodTrouble, type FailedCall } from '../backend.ts';
import { restart } from '../fixes.ts';
import { seeBackend } from '../fixes/webhook.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';
import { isBroken, trustIn, trustText } from './untrusted.ts';

export type Trouble =
  | { readonly is: 'outage'; readonly why: string }
  | { readonly is: 'untrusted'; readonly trust: Trust };

/** Why the API server cannot get an answer from a webhook. */
export function troubleOf(view: View, webhook: Webhook): Trouble | undefined {
  const { backend } = webhook;
  const states = (view.backends?.services ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const mine =
    backend.is === 'service'
      ? states.find((s) => s.namespace === backend.namespace && s.name === backend.name)
      : undefined;
  const why = mine && outageOf(mine);
  if (why !== undefined) {
    const behind = istiodTrouble(view, webhook);
    return { is: 'outage', why: behind === undefined ? why : `${why} (${behind})` };
  }
  const trust = trustIn(view, webhook);
  return isBroken(trust) ? { is: 'untrusted', trust } : undefined;
}

/** The trouble of a webhook that refuses pods while it has any. */
export function closingTrouble(view: View, webhook: Webhook): Trouble | undefined {
  return webhook.failurePolicy === 'Fail' ? troubleOf(view, webhook) : undefined;
}

export function troubleText(trouble: Trouble): string {
  if (trouble.is === 'outage') return trouble.why;
  const text = trustText(trouble.trust).replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function unreachable(view: View, { subject, by, why, rest }: FailedCall): Found {
  const fixes = seeBackend(subject, backendOf(view, by));
  return tell('webhook-unreachable', { subject: subject.text, why }, { ...rest, fixes });
}

/** Its pods are there, and new ones would not be. */
export function restartRefused(view: View, subject: Subject, by: Webhook): readonly Found[] {
  const trouble = closingTrouble(view, by);
  if (!trouble) return [];
  const { configuration } = by;
  return [
    tell(
      'restart-refused',
      { subject: subject.text, configuration, why: troubleText(trouble) },
      {
        from: view.answering,
        sure: view.grounds.sure,
        fixes: seeBackend(subject, backendOf(view, by)),
      },
    ),
  ];
}

const onceItAnswers = 'Only when istiod answers: until then a new pod gets no sidecar either.';

/** Without a trouble that is seen now it is what is left to explain a pod without a sidecar. */
export function failingOpen(
  view: View,
  subject: Subject,
  by: Webhook,
  trouble: Trouble | undefined,
): Found {
  const why = trouble ? troubleText(trouble) : 'nothing else explains a pod without one';
  const { from, sure } = view.grounds;
  return tell(
    'failing-open',
    { subject: subject.text, configuration: by.configuration, why },
    {
      from: [...view.answering, ...from],
      sure: sure && trouble !== undefined,
      fixes: [
        ...seeBackend(subject, backendOf(view, by)),
        { ...restart(subject), note: onceItAnswers },
      ],
    },
  );
}
