// `istioctl analyze -o json`, and which of its messages are about resources that concern a pod.
import * as v from 'valibot';
import type { ResourceName } from '../../model/istio/effect/scene.ts';

// istio/istio pkg/config/analysis/diag/message.go Unstructured; `cluster` and `reference` come and go.
const message = v.object({
  code: v.string(),
  level: v.fallback(v.string(), ''),
  message: v.fallback(v.string(), ''),
  origin: v.fallback(v.string(), ''),
  documentationUrl: v.fallback(v.optional(v.string()), undefined),
  reference: v.fallback(v.optional(v.string()), undefined),
  cluster: v.fallback(v.optional(v.string()), undefined),
});
export type Message = v.InferOutput<typeof message>;

/**
 * The messages; `undefined` when this is no analysis at all. Lines of a log may stand before the list (istioctl
 * 1.29 warns there about CRDs it does not know), and the "no issues" line after it.
 */
export function readAnalysis(stdout: string): readonly Message[] | undefined {
  const list = jsonList(stdout);
  return list?.flatMap((entry) => {
    const read = v.safeParse(message, entry);
    return read.success ? [read.output] : [];
  });
}

function jsonList(text: string): readonly unknown[] | undefined {
  for (const start of text.matchAll(/^\[/gm)) {
    const rest = text.slice(start.index);
    const end = /^\[?\]\s*$/m.exec(rest);
    const list = parse(rest) ?? (end && parse(rest.slice(0, end.index + end[0].length)));
    if (Array.isArray(list)) return list as readonly unknown[];
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export type Related = { readonly concerning: readonly Message[]; readonly unrelated: number };

/** `origin` is `VirtualService shop/cart`. */
export function relate(messages: readonly Message[], concerned: readonly ResourceName[]): Related {
  const names = new Set(concerned.map((one) => `${one.kind} ${one.namespace}/${one.name}`));
  const concerning = messages.filter((one) => names.has(originOf(one)));
  return { concerning, unrelated: messages.length - concerning.length };
}

/** Without the ` (file:line)` that resources from files have. */
function originOf({ origin }: Message): string {
  return origin.split(' ').slice(0, 2).join(' ');
}
