// Both gates together: what would happen to a pod that is created now.
import type { Labels } from '../../kube/labels.ts';
import { calls, type Miss } from '../../kube/webhook-called.ts';
import { decide, type Rule, type Settings, type Shape } from './decide.ts';
import type { Webhook } from './webhook.ts';

export type NamespaceOf = {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
};
export type Template = Shape & { readonly labels: Labels };
export type World = { readonly webhooks: readonly Webhook[]; readonly settings: Settings };

export type Verdict =
  | { readonly is: 'injected'; readonly by: Webhook; readonly asked: 'namespace' | 'pod' }
  | { readonly is: 'no-webhook' }
  | { readonly is: 'not-called'; readonly by: Webhook; readonly misses: readonly Miss[] }
  /** Called, but the injector skips the pod. */
  | {
      readonly is: 'skipped';
      readonly by: Webhook;
      readonly rules: readonly [Rule, ...Rule[]];
    }
  | { readonly is: 'unknown'; readonly because: string };

/** Each control plane has its own webhook: the one that is called first injects, and the others then skip. */
export function verdictOf(
  { webhooks, settings }: World,
  namespace: NamespaceOf,
  pod: Template,
): Verdict {
  const tried = webhooks.map((by) => ({ by, called: calls(by, namespace, pod) }));
  const found = tried.find(({ called }) => called.is === 'called');
  if (found) {
    const decided = decide(settings, namespace.annotations, pod);
    return decided.is === 'inject'
      ? { is: 'injected', by: found.by, asked: decided.by }
      : { is: 'skipped', by: found.by, rules: decided.rules };
  }
  const open = tried.find(({ called }) => called.is === 'depends');
  if (open?.called.is === 'depends') {
    const conditions = open.called.on.join(', ');
    const because = `webhook ${open.by.configuration} has match conditions (${conditions}), which only the API server evaluates`;
    return { is: 'unknown', because };
  }
  const [first] = tried;
  if (first?.called.is !== 'not-called') return { is: 'no-webhook' };
  return { is: 'not-called', by: first.by, misses: first.called.misses };
}
