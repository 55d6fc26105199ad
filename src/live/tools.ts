// Programs of the meshes themselves: run against the same cluster with the same identity, or not at all.
import { delimiter } from 'node:path';
import { inMiB, limits } from '../core/limits.ts';
import type { Program } from '../core/mesh.ts';
import { answered, type Failure, type Reply } from '../core/ports.ts';
import type { ProcessAnswer, ToolQuestion } from '../core/question.ts';
import { meshes } from '../meshes/meshes.ts';
import { cutShort } from './deadline.ts';
import { failure } from './failure.ts';
import { limitTo } from './limit.ts';
import { run, type Ran } from './process.ts';

export type ToolSettings = {
  readonly env: NodeJS.ProcessEnv;
  /** Where a program is, if not on the PATH; by its name. */
  readonly programs: Readonly<Record<string, string>>;
  readonly context: string;
  /** None in a cluster: the programs then find their service account themselves. */
  readonly kubeconfigs: readonly string[];
  /** From flags only: what a kubeconfig says about impersonation the programs read there. */
  readonly as?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroups: readonly string[];
  /** --cluster or --user replaced what the context names; no program here has such flags. */
  readonly overridden: boolean;
};

/** How a program is told the cluster and the identity. */
const dialects: ReadonlyMap<string, Program['reach']> = new Map([
  ['kubectl', { dash: '--', flags: 'first', knows: ['as', 'as-group', 'as-uid'] } as const],
  ...meshes.flatMap(({ programs = [] }) =>
    programs.map(({ name, reach }) => [name, reach] as const),
  ),
]);

/** The guard let none through that is nobody's. */
function dialectOf(tool: string): Program['reach'] {
  return dialects.get(tool) ?? { dash: '--', flags: 'first', knows: [] };
}

export type RunTool = (q: ToolQuestion, signal: AbortSignal) => Promise<Reply<ProcessAnswer>>;

/** Three at a time: each is a client of its own with its own connections. */
export function toolRunner(settings: ToolSettings): RunTool {
  const limit = limitTo(3);
  return async (q, signal) => {
    const refused = q.local ? undefined : unreachableBy(q.tool, settings);
    if (refused) return refused;
    const file = settings.programs[q.tool] ?? q.tool;
    const args = q.local ? q.args : withReach(q, settings);
    return limit(signal, async () => {
      const ran = await run(file, args, {
        env: environment(settings),
        signal,
        limit: limits.program,
      });
      return read(q, ran, signal);
    });
  };
}

function unreachableBy(tool: string, settings: ToolSettings): Failure | undefined {
  if (settings.overridden) {
    return failure(
      'refused',
      `${tool} has no --cluster and no --user: it would reach something else`,
    );
  }
  const asked = identityFlags(settings).map(([name]) => name);
  const unknown = asked.find((name) => !dialectOf(tool).knows.includes(name));
  return (
    unknown && failure('refused', `${tool} has no --${unknown}: it would run as somebody else`)
  );
}

function identityFlags(settings: ToolSettings) {
  return [
    ...(settings.as ? [['as', settings.as] as const] : []),
    ...(settings.asUid ? [['as-uid', settings.asUid] as const] : []),
    ...settings.asGroups.map((group) => ['as-group', group] as const),
  ];
}

function withReach(q: ToolQuestion, settings: ToolSettings): readonly string[] {
  const { dash, flags } = dialectOf(q.tool);
  const [file, ...more] = settings.kubeconfigs;
  const reach = [
    ...(file && more.length === 0 ? [['kubeconfig', file] as const] : []),
    ...(file ? [['context', settings.context] as const] : []),
    ...identityFlags(settings),
  ].map(([name, value]) => `${dash}${name}=${value}`);
  return flags === 'first' ? [...reach, ...q.args] : [...q.args, ...reach];
}

/** One language, no colours, and the same files also for what the program itself starts. */
function environment(settings: ToolSettings): NodeJS.ProcessEnv {
  const files = settings.kubeconfigs.join(delimiter);
  return {
    ...settings.env,
    LC_ALL: 'C',
    NO_COLOR: '1',
    ...(files === '' ? {} : { KUBECONFIG: files }),
  };
}

function read(q: ToolQuestion, ran: Ran, signal: AbortSignal): Reply<ProcessAnswer> {
  switch (ran.is) {
    case 'missing':
      return failure('tool-missing', `${q.tool} is not on the PATH`);
    case 'cut':
      return cutShort(signal);
    case 'broken':
      return failure('tool-failed', broken(q.tool, ran.code));
    case 'exited': {
      const flag = /unknown flag: --(as|as-group|as-uid|context)\b/.exec(ran.stderr)?.[1];
      if (ran.exitCode !== 0 && flag)
        return failure('tool-too-old', `this ${q.tool} has no --${flag}`);
      return answered({ exitCode: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr });
    }
  }
}

function broken(tool: string, code: string): string {
  if (code === 'too-much') return `${tool} printed more than ${inMiB(limits.program)}`;
  if (code === 'EACCES') return `${tool} may not be executed`;
  return code.startsWith('SIG')
    ? `${tool} was ended by ${code}`
    : `${tool} could not be run (${code})`;
}
