// One line of the doctor's table, and what a table of them comes to.
import type { Command } from '../core/command.ts';
import { oneLine, type SafeText } from '../core/text.ts';

/** `failed` keeps a runbook from seeing what it must; `warning` does not; `not-checked` is not known. */
export type State = 'ok' | 'warning' | 'failed' | 'not-checked';

export type Check = {
  /** What was looked at, in a word: `kubeconfig`, `clock`. */
  readonly id: string;
  readonly state: State;
  /** What is so, on one line. */
  readonly says: SafeText;
  /** What to do about it. */
  readonly todo?: SafeText;
  readonly run?: Command;
};

/** One right, as `kubectl auth can-i` names it. */
export type Right = {
  readonly verb: 'get' | 'list' | 'create';
  readonly resource: string;
  /** Every namespace, or no namespace at all, when absent. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
};

/** The rights of one runbook. */
export type Permission = {
  readonly runbook: string;
  readonly state: State;
  /** How many it takes; 0 where its mesh is not installed and nobody named it. */
  readonly rights: number;
  readonly missing: readonly Right[];
  /** Those that could not be asked about. */
  readonly unknown: readonly Right[];
  /** Why it was not looked at, or why not all is known. */
  readonly because?: SafeText;
};

export type Examination = {
  readonly checks: readonly Check[];
  readonly permissions: readonly Permission[];
  /** What gives the missing rights, for one who may give them. */
  readonly grant?: Command;
  /** Nothing could be asked: no cluster, or none that answers us. */
  readonly end: 'reached' | 'no-choice' | 'unreachable';
};

export function ok(id: string, says: string): Check {
  return { id, state: 'ok', says: oneLine(says) };
}

export function bad(
  id: string,
  state: 'warning' | 'failed' | 'not-checked',
  says: string,
  todo?: string,
  run?: Command,
): Check {
  return {
    ...{ id, state, says: oneLine(says) },
    ...(todo === undefined ? {} : { todo: oneLine(todo) }),
    ...(run === undefined ? {} : { run }),
  };
}

/** `get pods/log in shop`, `list nodes`. */
export function rightText({ verb, resource, namespace, name }: Right): string {
  const what = name === undefined ? resource : `${resource} ${name}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
