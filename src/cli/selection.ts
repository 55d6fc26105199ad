// What `diagnose` looks at: words, `-l` and `-A`, as kubectl has them.
import { InvalidArgumentError, Option, type Command } from 'commander';
import { isSelector } from '../core/names.ts';
import { findRunbook } from '../registry.ts';

export type Selection = { readonly selector?: string; readonly allNamespaces?: boolean };
export type Selected =
  | { readonly ok: true; readonly runbook: string | undefined; readonly targets: readonly string[] }
  | { readonly ok: false; readonly says: string };

export function withSelection(command: Command): Command {
  return command
    .addOption(new Option('-l, --selector <labels>').argParser(labels).hideHelp())
    .addOption(new Option('-A, --all-namespaces').hideHelp());
}

function labels(text: string): string {
  if (isSelector(text)) return text;
  throw new InvalidArgumentError('type labels such as app=web,tier=front');
}

/** Labels are a word like any other: a saved case keeps them as one. */
export function selected(
  typed: readonly string[],
  { selector, allNamespaces }: Selection,
): Selected {
  const words = selector === undefined ? typed : [...typed, selector];
  const [runbook, ...targets] = words;
  const named = runbook !== undefined && findRunbook(runbook).ok ? targets : words;
  return allNamespaces === true && named.length > 0
    ? {
        ok: false,
        says: `-A looks at the whole mesh, without a target: leave out ${named.join(' ')}`,
      }
    : { ok: true, runbook, targets };
}
