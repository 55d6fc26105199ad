// Begins with what a runbook looks at whatever its target is, while the target is looked up.
import { bounded } from '../core/deadline.ts';
import type { MeshChoice } from '../core/input.ts';
import type { Ports } from '../core/ports.ts';
import type { Runbook } from '../core/runbook.ts';

export function lookAhead(
  { head }: Runbook,
  choice: Readonly<Record<string, string | undefined>>,
  { early, clock }: Ports,
  signal: AbortSignal,
): void {
  if (!early) return;
  // As with the values of a runbook: the flags of the meshes have every key of it.
  for (const { fact, args } of head.ahead?.(choice as unknown as MeshChoice) ?? []) {
    const looked = bounded(fact.timeoutMs, signal, (own) =>
      fact.fetch({ ask: early, clock }, args, own),
    );
    // A bug in it shows itself where its answer is wanted.
    looked.catch(() => undefined);
  }
}
