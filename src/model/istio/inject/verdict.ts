// Both gates together: what would happen to a pod that is created now.
import { calls, type Miss, type NamespaceOf, type Template } from '../../kube/webhook-called.ts';
import { requires, type InjectorConfig, type Rule } from './required.ts';
import type { Webhook } from './webhook.ts';

/** The injection config of each revision; one that is not in it is unknown. */
export type Configs = ReadonlyMap<string, InjectorConfig>;

export type Verdict =
  | {
      readonly is: 'injected';
      readonly by: Webhook;
      readonly rule: Rule;
      /** Every webhook that injects it, in calling order; the proxy of the last one remains. */
      readonly all: readonly Webhook[];
    }
  /** No webhook is called: what each one misses, the nearest first. */
  | { readonly is: 'not-called'; readonly nearest: readonly Near[] }
  /** Called, but istiod skips the pod. */
  | { readonly is: 'skipped'; readonly by: Webhook; readonly rule: Rule }
  /** Called, and refused by istiod: the pod is not created at all. */
  | { readonly is: 'refused'; readonly by: Webhook; readonly template: string }
  | { readonly is: 'unknown'; readonly because: string };
export type Near = { readonly webhook: Webhook; readonly misses: readonly Miss[] };

export function verdictOf(
  webhooks: readonly Webhook[],
  configs: Configs,
  namespace: NamespaceOf,
  pod: Template,
): Verdict {
  const tried = webhooks.map((webhook) => ({ webhook, called: calls(webhook, namespace, pod) }));
  const depends = tried.find((t) => t.called.is === 'depends');
  const called = tried.filter((t) => t.called.is === 'called').map((t) => t.webhook);
  if (called.length === 0) {
    if (depends?.called.is === 'depends') return unknown(conditionsOf(depends.webhook));
    return { is: 'not-called', nearest: tried.map(nearOf).toSorted(byMisses) };
  }
  const asked = called.map((webhook) => {
    const config = configs.get(webhook.revision);
    return { webhook, required: config && requires(config, namespace, pod) };
  });
  const unread = asked.find((a) => !a.required);
  if (unread) return unknown(`how revision ${unread.webhook.revision} injects is unknown`);
  if (depends) return unknown(conditionsOf(depends.webhook));
  return together(
    asked.flatMap(({ webhook, required }) => (required ? [{ webhook, required }] : [])),
  );
}

type Asked = { readonly webhook: Webhook; readonly required: ReturnType<typeof requires> };

/** They are called one after another: a refusal ends it; after one that skips, the next is called. */
function together(asked: readonly Asked[]): Verdict {
  const injects: { readonly webhook: Webhook; readonly rule: Rule }[] = [];
  for (const { webhook, required } of asked) {
    if (required.is === 'refuse')
      return { is: 'refused', by: webhook, template: required.template };
    if (required.is === 'inject') injects.push({ webhook, rule: required.rule });
  }
  const last = injects.at(-1);
  if (last) {
    const all = injects.map((i) => i.webhook);
    return { is: 'injected', by: last.webhook, rule: last.rule, all };
  }
  const [first] = asked;
  return first?.required.is === 'skip'
    ? { is: 'skipped', by: first.webhook, rule: first.required.rule }
    : unknown('no webhook was called');
}

function nearOf(tried: { webhook: Webhook; called: ReturnType<typeof calls> }): Near {
  const misses = tried.called.is === 'not-called' ? tried.called.misses : [];
  return { webhook: tried.webhook, misses };
}

function byMisses(a: Near, b: Near): number {
  return a.misses.length - b.misses.length;
}

function conditionsOf({ configuration, conditions }: Webhook): string {
  return `webhook ${configuration} has match conditions (${conditions.join(', ')}), which only the API server evaluates`;
}

function unknown(because: string): Verdict {
  return { is: 'unknown', because };
}
