// From a reason of the evaluator to the finding that states it.
import type { Reason } from '../../../src/model/istio/inject/reasons.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { InjectionSay, View } from './view.ts';
import * as slots from './slots.ts';

export function sayReason(say: InjectionSay, view: View, subject: Subject, reason: Reason): void {
  const at = slots.makerSlots(subject);
  const labelling = { ...at, ...slots.labelSlots(view, subject, reason.mend) };
  const patching = { ...at, ...slots.patchSlots(subject, reason.mend) };
  const about = { subject: subject.text };
  const known = slots.knownText(view);
  const answer = slots.answerOf(view);
  const { from } = view;
  switch (reason.is) {
    case 'no-webhooks':
      return say('no-webhooks', at, ...from);
    case 'namespace-unlabeled':
      return say(
        'namespace-unlabeled',
        { ...about, ...labelling, ...alone(subject, reason) },
        ...from,
      );
    case 'namespace-off': {
      const { value } = reason;
      const ignored =
        reason.ignored === undefined
          ? ''
          : `Its istio.io/rev=${reason.ignored} counts for nothing beside it.`;
      return say('namespace-off', { ...about, ...labelling, value, ignored }, ...from);
    }
    case 'revision-missing': {
      const owner = reason.on === 'namespace' ? `Namespace ${view.namespace.name}` : subject.text;
      const both = { ...labelling, ...patching, known, owner, revision: reason.revision };
      return say('revision-missing', both, ...from);
    }
    case 'no-default':
      return say('no-default', { ...labelling, asks: reason.asks, known, answer }, ...from);
    case 'deactivated': {
      const { asks, configuration } = reason;
      return say('deactivated', { ...labelling, asks, configuration, known, answer }, ...from);
    }
    case 'label-value':
      return say('label-value', { ...about, ...patching, value: reason.value }, ...from);
    case 'label-on-workload':
      return say('label-on-workload', { ...about, ...patching, label: reason.label }, ...from);
    case 'label-false':
    case 'annotation-only':
    case 'annotation-false':
      return say(reason.is, { ...about, ...patching }, ...from);
    case 'excluded': {
      const miss = slots.missText(reason.miss);
      return say(
        'excluded',
        { ...about, ...at, configuration: reason.configuration, miss },
        ...from,
      );
    }
    case 'host-network':
    case 'system-namespace':
      return say(reason.is, { ...about, ...at }, ...from);
    case 'never-selector': {
      const { revision } = reason;
      const more = { ...slots.configSlots(view, revision), revision };
      const selector = JSON.stringify(plain(reason.selector));
      return say('never-selector', { ...about, ...patching, ...more, selector }, ...from);
    }
    case 'policy': {
      const { revision } = reason;
      const more = { ...slots.configSlots(view, revision), revision, policy: reason.policy };
      return say('policy', { ...about, ...patching, ...more }, ...from);
    }
    case 'template-missing': {
      const { revision, template } = reason;
      const more = { ...slots.configSlots(view, revision), revision, template };
      return say('template-missing', { ...about, ...at, ...more }, ...from);
    }
  }
}

/** No workload is named where a whole namespace is asked about and has none. */
function alone(subject: Subject, reason: Extract<Reason, { is: 'namespace-unlabeled' }>) {
  const { patch, unpatch } = slots.patchSlots(subject, reason.alone);
  return subject.pods.length === 0 && subject.wanted === 0
    ? { patch: '', unpatch: '' }
    : { patch, unpatch };
}

/** Without the halves that are empty. */
function plain(selector: object): object {
  return Object.fromEntries(
    Object.entries(selector as Record<string, object>).filter(
      ([, value]) => Object.keys(value).length > 0,
    ),
  );
}
