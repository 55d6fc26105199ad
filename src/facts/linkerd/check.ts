// What `linkerd check -o json` prints. It needs no pod of ours to answer, but it reads Secrets with the user's own
// rights, waits five minutes by default and asks a server on the internet which version is the latest; the
// arguments here turn both off (linkerd2 cli/cmd/check.go).
import { own } from '../../core/argv.ts';
import { fact, needsTool, type Fetched } from '../../core/fact.ts';
import type { ToolQuestion } from '../../core/question.ts';
import { list, parseJson, text } from '../../model/kube/read.ts';
import { linkerd } from '../../meshes/linkerd/commands.ts';

/** One check. `anchor` is the fragment of its hint, the only thing that names a check, and only where it failed. */
export type Check = {
  readonly category: string;
  readonly description: string;
  readonly result: 'success' | 'warning' | 'error';
  readonly anchor: string;
  /** One line. */
  readonly error: string;
};

export type CheckArgs = {
  /** `viz`: the extension's own checks. */
  readonly of: 'core' | 'viz';
  readonly root: string;
  /** The control plane's own version, so that nobody is asked for the latest. */
  readonly version: string | undefined;
  /** Data-plane checks for this namespace in place of the control plane's own. */
  readonly proxies?: string | undefined;
};

export const linkerdCheck = fact({
  name: 'linkerd/check',
  asks: ({ of }: CheckArgs) =>
    `the output of ${of === 'viz' ? 'linkerd viz check' : 'linkerd check'}`,
  byHand: (args) => linkerd`${own(argsOf(args))}`,
  needs: [needsTool('linkerd')],
  timeoutMs: 12_000,
  fetch: async (ports, args, signal): Promise<Fetched<readonly Check[]>> => {
    const question: ToolQuestion = { ask: 'tool', tool: 'linkerd', args: argsOf(args) };
    const reply = await ports.ask(question, signal);
    // No verdict depends only on it, so nothing is missing where it is not installed.
    if (!reply.ok && reply.why === 'tool-missing')
      return { ok: false, why: 'absent', detail: 'linkerd is not on the PATH' };
    if (!reply.ok) return reply;
    const checks = readChecks(reply.value.stdout);
    if (checks.length > 0) return { ok: true, value: checks };
    const detail = `linkerd check exited with code ${reply.value.exitCode} and printed no checks`;
    return { ok: false, why: 'tool-failed', detail };
  },
  show: (checks) => {
    const bad = checks.filter(({ result }) => result !== 'success');
    return bad.length === 0
      ? [`${checks.length} checks, none failed`]
      : bad.map(({ result, description, error }) => `${result}: ${description}: ${error}`);
  },
});

function argsOf({ of, root, version, proxies }: CheckArgs): readonly string[] {
  return [
    ...(of === 'viz' ? ['viz', 'check'] : ['check']),
    ...['-o', 'json', '--wait', '0s', '-L', root],
    // `viz check` has no such flag (linkerd2 viz/cmd/check.go), and asks nobody.
    ...(of === 'core' ? ['--expected-version', version ?? 'unknown'] : []),
    ...(proxies === undefined ? [] : ['--proxy', '-n', proxies]),
  ];
}

/** Several JSON documents may follow one another: one of the core, one an extension (linkerd2 issue 7960). */
export function readChecks(stdout: string): readonly Check[] {
  return documents(stdout).flatMap((document) =>
    list(parseJson(document), 'categories').flatMap((category) =>
      list(category, 'checks').flatMap((check) => readCheck(category, check) ?? []),
    ),
  );
}

function readCheck(category: unknown, check: unknown): Check | undefined {
  const result = text(check, 'result');
  const description = text(check, 'description');
  if (description === undefined) return undefined;
  if (result !== 'success' && result !== 'warning' && result !== 'error') return undefined;
  return {
    category: text(category, 'categoryName') ?? '',
    description,
    result,
    anchor: /#([\w-]+)$/.exec(text(check, 'hint') ?? '')?.[1] ?? '',
    error: (text(check, 'error') ?? '').replace(/\s+/g, ' '),
  };
}

/** The top-level objects of a text, whatever is between them. */
export function documents(stdout: string): readonly string[] {
  const found: string[] = [];
  let [depth, start, inString, escaped] = [0, 0, false, false];
  for (let i = 0; i < stdout.length; i++) {
    const c = stdout[i];
    if (inString) {
      if (escaped) escaped = false;
      else if (c === '\\') escaped = true;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = depth > 0;
    else if (c === '{' && depth++ === 0) start = i;
    else if (c === '}' && depth > 0 && --depth === 0) found.push(stdout.slice(start, i + 1));
  }
  return found;
}
