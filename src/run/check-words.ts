// What can be said of the words and flags of a command line before any cluster is asked.
import { isLabelName, isOneLine } from '../core/names.ts';
import { quoted } from '../core/text.ts';
import { usageOf, type Inputs, type InputSpec } from '../core/input.ts';
import type { Runbook } from '../core/runbook.ts';
import { nameKeys, prometheusKey, type Chosen } from '../meshes/choices.ts';
import { exitCodes, refusal, type Refusal } from './exit.ts';

/** Flags of runbooks: `path` of `--path`. A flag that may be repeated holds a list. */
export type Flags = Readonly<Record<string, string | readonly string[]>>;

/**
 * What a case, a session or a config file says in place of the command line is held to what a command line could say: no
 * flag where a name belongs, one line each. (What a person types reaches here after commander took the flags out.)
 */
export function oddRequest(words: readonly string[], mesh: Chosen): string | undefined {
  const odd = words.find((word) => word.startsWith('-') || !isOneLine(word));
  if (odd !== undefined) return `the target ${quoted(odd)} is not a name`;
  const { [prometheusKey]: prometheus, ...names } = mesh;
  const wrong = Object.entries(names).find(
    ([key, value]) => nameKeys.includes(key) && !isLabelName(value),
  );
  if (wrong) return `${wrong[0]}: ${quoted(wrong[1])} is not a name`;
  const isAddress = prometheus === undefined || /^https?:\/\/[^\s\p{Cc}]+$/u.test(prometheus);
  return isAddress ? undefined : `prometheus: ${quoted(prometheus)} is not an address`;
}

export function checkWords(
  head: Runbook['head'],
  words: readonly string[],
  flags: Flags,
): Refusal | undefined {
  const { id, input } = head;
  const usage = `type ${usageOf(id, input)}`;
  for (const [name, value] of Object.entries(flags)) {
    const wrong = checkFlag(name, input[name], value, id);
    if (wrong !== undefined) return refusal(exitCodes.usage, wrong);
  }
  if (words.length === 0 && !has(input, 'anywhere')) {
    return refusal(exitCodes.usage, `name a target: ${usageOf(id, input)}`);
  }
  if (!has(input, 'destination')) return undefined;
  const most = has(input, 'caller') ? 2 : 1;
  if (words.length <= most) return undefined;
  return refusal(
    exitCodes.usage,
    `${id} takes at most ${most} names, not ${words.length}; ${usage}`,
  );
}

function checkFlag(
  name: string,
  spec: InputSpec | undefined,
  value: string | readonly string[],
  id: string,
): string | undefined {
  if (spec === undefined || !('accepts' in spec)) {
    return `${id} takes no --${oneLine(name)}; meshdoc explain ${id} shows what it takes`;
  }
  const { accepts } = spec;
  const values = valuesOf(value);
  const control = values.find((one) => !isOneLine(one));
  if (control !== undefined) return `--${name} ${quoted(control)} holds invisible characters`;
  const odd = accepts && values.find((one) => !accepts.pattern.test(one));
  return odd === undefined ? undefined : `--${name} ${quoted(odd)}: ${accepts?.says}`;
}

/** A saved case keeps a list as lines. */
export function valuesOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? value.split('\n') : value;
}

function has(inputs: Inputs, type: InputSpec['type']): boolean {
  return Object.values(inputs).some((spec) => spec.type === type);
}

/** As it is, or quoted where a case has more in it than a name. */
function oneLine(name: string): string {
  return isOneLine(name) ? name : JSON.stringify(name);
}
