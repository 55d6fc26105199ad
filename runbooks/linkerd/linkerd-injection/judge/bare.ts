// A pod without a proxy that would get one now: it was created before that, or while the webhook failed.
import { age, kubectl, valueOf, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { createdAt, type Subject } from '../../../../src/model/kube/subject.ts';
import { askedThen } from '../../../../src/model/linkerd/inject/asked.ts';
import { injectsSince } from '../../../../src/model/linkerd/inject/plane.ts';
import { verdictOf } from '../../../../src/model/linkerd/inject/verdict.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import { failingOpen } from '../../../shared/admission/trouble.ts';
import { fixes as mends } from '../fixes.ts';
import { mesh } from '../mesh.ts';
import { tell } from '../says.ts';
import { troubleOf } from '../trouble.ts';
import type { View } from '../view.ts';

export function bare(view: View, of: Subject, pod: Pod, webhook: Webhook): Found {
  const { sure } = view;
  const subject = of.text;
  const from = [...view.from, ...view.answering] as const;
  const fixes = [mends.renew(of)];
  const own = verdictOf(view.world, view.namespace, pod);
  if (own.is !== 'injected' && own.is !== 'unknown') {
    const what = 'the labels or annotations of its pods and its template differ';
    return tell('older-than-template', { subject, what }, { from: view.from, sure, fixes });
  }
  const made = createdAt(pod);
  const then = askedThen(view.events, of.maker, made, view.now);
  if (then.is === 'skipped') {
    const what = `when it was created, the injector was called and said: ${then.why}`;
    return tell('older-than-annotation', { subject, what }, { from, sure, fixes });
  }
  const trouble = webhook.failurePolicy === 'Ignore' ? troubleOf(view, webhook) : undefined;
  const failing = trouble && { view, subject: of, webhook, trouble };
  if (failing && failing.trouble.is !== 'blocked') {
    // What it serves is compared where it could be asked; whether it runs was read for that.
    const isOpen = view.plane?.kind === 'unknown' || failing.trouble.is === 'untrusted';
    return failingOpen(mesh, failing, sure && !(isOpen && view.served === undefined));
  }
  const older = olderThan(view, webhook, made, then.is === 'never');
  if (older) {
    return tell(older.is, { subject, what: older.what }, { from, sure: false, fixes });
  }
  if (then.is !== 'never') return tell('unexplained', { subject }, { from, sure, fixes });
  if (failing) return failingOpen(mesh, failing, false);
  const ask = 'Read how often the API server failed open (metrics with fail_open)';
  const more = [...fixes, mends.lookAt(of, ask, kubectl`get --raw /metrics`)];
  const { configuration } = webhook;
  return tell('not-reached', { subject, configuration }, { from, sure: false, fixes: more });
}

type Older = {
  readonly is: 'older-than-annotation' | 'older-than-webhook' | 'while-down';
  readonly what: string;
};

/**
 * What changed after the pod was created. Where the webhook was never reached, a missing annotation is not the cause: the
 * injector is called for every pod, and writes an event when it skips one.
 */
function olderThan(
  { namespace, plane }: View,
  by: Webhook,
  made: number | undefined,
  never: boolean,
): Older | undefined {
  if (made === undefined) return undefined;
  const after = (at: number | undefined) => (at !== undefined && at > made ? age(at - made) : '');
  const { name, annotated, changed } = namespace;
  const asked = annotated ?? changed;
  const told = annotated ? 'annotated' : 'last changed';
  const found: readonly (Older & { readonly when: string })[] = [
    {
      is: 'older-than-annotation',
      when: never ? '' : after(asked?.at),
      what: `namespace ${name} was ${told} by ${asked?.by ?? 'someone'}`,
    },
    {
      is: 'older-than-webhook',
      when: after(by.created),
      what: `${by.configuration} was created`,
    },
    { is: 'while-down', when: after(injectsSince(valueOf(plane))), what: 'the injector started' },
  ];
  const first = found.find(({ when }) => when !== '');
  return first && { is: first.is, what: `${first.what} ${first.when} after the pod` };
}
