// The table as a person reads it: a line for each thing looked at, then what to do about those that are not ok.
import { shell, type Command, type Reach } from '../core/command.ts';
import { count, listed } from '../core/text.ts';
import type { Style } from '../report/style.ts';
import { ink, type Ink } from '../report/text-rows.ts';
import { pad, wrap } from '../report/wrap.ts';
import { rightText, type Check, type Examination, type Permission, type State } from './check.ts';

const words: Readonly<Record<State, string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  'not-checked': 'not checked',
};
const stateWidth = 13;
const labelWidth = 19;

/** `reach`: how the commands that it prints reach the cluster. Ends in a newline. */
export function doctorText(examination: Examination, reach: Reach, style: Style): string {
  const to = ink(style);
  const { checks, permissions, grant } = examination;
  const lines = [
    ...checks.flatMap((check) => checkLines(to, check, reach)),
    ...(checks.length > 0 && permissions.length > 0 ? [''] : []),
    ...(permissions.length > 0 ? [to.c.bold('Permissions, by runbook')] : []),
    ...permissions.flatMap((one) => permissionLines(to, one)),
    ...(isCut(permissions, to) ? ['', '--verbose lists every right.'] : []),
    ...(grant ? grantLines(to, grant, reach) : []),
    '',
    summary([...checks, ...permissions]),
  ];
  return `${lines.join('\n')}\n`;
}

function checkLines(to: Ink, { id, state, says, todo, run }: Check, reach: Reach): string[] {
  const indent = ' '.repeat(stateWidth);
  return [
    ...line(to, state, id, says),
    ...(todo === undefined
      ? []
      : wrap(todo, to.width - stateWidth - labelWidth).map(
          (part) => indent + ' '.repeat(labelWidth) + part,
        )),
    ...(run ? [`    ${shell(run, reach)}`] : []),
  ];
}

function line(to: Ink, state: State, label: string, text: string): string[] {
  const start = paint(to, state)(pad(words[state], stateWidth)) + pad(label, labelWidth);
  const [first = '', ...rest] = wrap(text, to.width - stateWidth - labelWidth);
  return [start + first, ...rest.map((part) => ' '.repeat(stateWidth + labelWidth) + part)];
}

function paint({ c }: Ink, state: State): (text: string) => string {
  return { ok: c.green, warning: c.yellow, failed: c.red, 'not-checked': c.dim }[state];
}

function permissionLines(to: Ink, one: Permission): string[] {
  const { runbook, state, rights, missing, unknown, because } = one;
  const not = (some: Permission['missing'], what: string) =>
    some.length === 0
      ? []
      : [[`${some.length} of ${rights} ${what}`, rightsSay(to, some, rights)].join('')];
  const says = [
    ...not(missing, 'missing'),
    ...not(unknown, 'not known'),
    ...(because === undefined ? [] : [because as string]),
  ];
  const text = says.length === 0 ? `all ${rights}` : says.join('. ');
  return line(to, state, runbook, text);
}

/** All of them missing says enough; of many the first say which kind. */
function rightsSay({ verbose }: Ink, some: Permission['missing'], all: number): string {
  if (!verbose && some.length === all && all > mostRights) return '';
  const shown = verbose ? some : some.slice(0, mostRights);
  const left = some.length - shown.length;
  return `: ${shown.map(rightText).join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

/** Of one runbook, on a screen that a person reads at a glance. */
const mostRights = 4;

function grantLines(to: Ink, grant: Command, reach: Reach): string[] {
  // Whoever applies it does so with rights of their own.
  const { context, kubeconfig } = reach;
  return [
    '',
    ...wrap('To give what is missing, an administrator applies the least roles:', to.width),
    `    ${shell(grant, { context, kubeconfig })}`,
  ];
}

function isCut(permissions: Examination['permissions'], { verbose }: Ink): boolean {
  const many = (one: Permission) => Math.max(one.missing.length, one.unknown.length) > mostRights;
  return !verbose && permissions.some(many);
}

function summary(all: readonly { readonly state: State }[]): string {
  const of = (state: State) => all.filter((one) => one.state === state).length;
  const parts = [
    ...(of('failed') > 0 ? [`${of('failed')} failed`] : []),
    ...(of('warning') > 0 ? [count(of('warning'), 'warning')] : []),
    ...(of('not-checked') > 0 ? [`${of('not-checked')} not checked`] : []),
  ];
  return parts.length === 0 ? `All ${all.length} are ok.` : `${listed(parts)}, ${of('ok')} ok.`;
}
