// The flags of every command that asks a cluster: kubectl's own names, istioctl's -i and -r, and ours.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Flag } from '../core/mesh.ts';
import { listed } from '../core/text.ts';
import { entries } from '../registry.ts';
import { chosenIn, otherFlags, placedPrograms, prometheusKey, roots } from '../meshes/choices.ts';
import { formats, type Format } from '../report/formats.ts';
import type { ComparisonFormat } from '../report/compare.ts';
import type { Flags } from '../run/check-words.ts';
import type { ColorChoice, RunOptions } from '../run/options.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's durations as kubectl takes them: `30s`, `1m30s`, a bare number of seconds; `0` is no limit. */
export function duration(value: string): number {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const parts = [...value.matchAll(/(?<!\d)(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join('') !== value) {
    throw new InvalidArgumentError('type a duration such as 30s or 1m');
  }
  return parts.reduce((sum, [, n = '0', unit = 's']) => sum + Number(n) * (units[unit] ?? 0), 0);
}

/** The formats of a comparison, named here so that help loads none of them. */
export const comparisonOutputs: readonly ComparisonFormat[] = [
  'text',
  'short',
  'ticket',
  'jira',
  'slack',
  'html',
  'json',
  'yaml',
];

/** As the report numbers them. */
function fixNumber(value: string): number {
  if (!/^[1-9]\d?$/.test(value))
    throw new InvalidArgumentError('give the number of a fix, such as 1.');
  return Number(value);
}

const many = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function withRunOptions(command: Command): Command {
  withNames(withClusterOptions(command), otherFlags).option(
    '--prometheus <url>',
    'which to ask (default: found)',
  );
  return withTimeLimits(
    withFix(withReportOptions(command))
      .option('--save <path>', 'keep the answers: a folder or a .tgz')
      .option('--from <path>', 'diagnose a saved case instead of a cluster')
      .option('--watch', 'until it changes; also --until-healthy, --interval <duration>')
      .addOption(new Option('--until-healthy').hideHelp())
      .addOption(new Option('--interval <duration>').argParser(duration).default(5000).hideHelp()),
  );
}

/** For what prints one diagnosis. */
export function withFix(command: Command): Command {
  return command
    .addOption(new Option('--fix <number>').argParser(fixNumber).hideHelp())
    .addOption(new Option('--fail-on <verdict>').choices(['warning']).hideHelp());
}

/** Which cluster, as whom, and where its mesh is. */
export function withClusterOptions(command: Command): Command {
  const all = command
    .optionsGroup('Cluster, as kubectl has it:')
    .option('-n, --namespace <name>', "the target's (default: the context's)")
    .option('--context <name>', 'kubeconfig context')
    .option('--kubeconfig <file>', 'kubeconfig file')
    .option('--as <user>', 'act as this user; also --as-group <group>, --as-uid <uid>')
    .addOption(new Option('--as-group <group>').argParser(many).default([]).hideHelp())
    .addOption(new Option('--as-uid <uid>').hideHelp())
    .option('--no-input', 'never prompt, not even in login plugins')
    .optionsGroup('Mesh:');
  withNames(
    all,
    roots.map(({ root }) => root),
  );
  for (const { name, path } of placedPrograms) all.option(`--${name} <path>`, path.says);
  return all;
}

function withNames(command: Command, flags: readonly Flag[]): Command {
  for (const { short, long, says } of flags) command.option(`${short}, ${long} <name>`, says);
  return command;
}

export function withTimeLimits(command: Command): Command {
  const limit = (flag: string, says: string) =>
    new Option(`${flag} <duration>`, says).argParser(duration);
  return command
    .addOption(
      limit('--timeout', 'of the whole run (60s); also --request-timeout <duration> (10s)'),
    )
    .addOption(limit('--request-timeout', '').default(10_000).hideHelp());
}

const asking = entries.filter(({ options }) => options.includes('path')).map(({ id }) => id);

/** What a request looks like, for runbooks that ask about one. One line of help for the three: it fits a screen. */
export function withRequestOptions(command: Command): Command {
  return command
    .optionsGroup(`Request, for ${listed(asking)}:`)
    .option('--path <path>', 'its path; also --method <method>, --header <name:value>')
    .addOption(new Option('--method <method>').hideHelp())
    .addOption(new Option('--header <name:value>').argParser(many).default([]).hideHelp());
}

/** What the flags of a run mean to a session. */
const inSession: Readonly<Record<string, string>> = {
  '--output': 'the first to offer for a ticket',
  '--verbose': 'all evidence, every step',
  '--save': 'keep the session in this folder',
  '--from': 'about a saved case instead of a cluster',
};

/** Who types one of these is told what to type instead. */
const notInSession: ReadonlySet<string | undefined> = new Set(['--watch', '--no-input']);

/** What a session takes beside. */
export function withSessionOptions(command: Command): Command {
  for (const option of command.options) {
    option.description = inSession[option.long ?? ''] ?? option.description;
    if (notInSession.has(option.long)) option.hideHelp();
  }
  return command
    .optionsGroup('Session:')
    .option('--resume [session]', 'go on with a kept session (default: the last one)')
    .option('--list', 'the sessions that are kept', false)
    .addOption(
      new Option('--ticket <format>', 'print that of a kept session, and end').choices(
        Object.keys(formats),
      ),
    );
}

export type SessionOptions = {
  readonly list: boolean;
  /** An id or a path; true for the last one. */
  readonly resume: string | true | undefined;
  readonly ticket: Format | undefined;
};

export type TriageArgs = SessionOptions & {
  readonly target: string | undefined;
  readonly options: RunOptions;
};

export function sessionOptions(raw: Readonly<Record<string, unknown>>): SessionOptions {
  return {
    list: raw['list'] === true,
    resume: raw['resume'] as SessionOptions['resume'],
    ticket: raw['ticket'] as SessionOptions['ticket'],
  };
}

const requestFlags = ['path', 'method', 'header'] as const;

function flagsOf(raw: Readonly<Record<string, unknown>>): Flags {
  const given = requestFlags.flatMap((name) => {
    const value = raw[name] as string | readonly string[] | undefined;
    return value === undefined || value.length === 0 ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

export function withReportOptions(
  command: Command,
  outputs: readonly string[] = Object.keys(formats),
): Command {
  return withTerminalOptions(
    command
      .optionsGroup('Result:')
      .addOption(outputOption(outputs))
      .option('--verbose', 'all evidence, every step; also --redact names, --fix <number>', false)
      .addOption(new Option('--redact <what>').choices(['names']).hideHelp())
      .option('-q, --quiet', 'no progress', false),
  );
}

/** The first is the default. */
export function outputOption(choices: readonly string[]): Option {
  return new Option('-o, --output <format>', 'how to print it')
    .choices(choices)
    .default(choices[0]);
}

export function withTerminalOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'),
    )
    .addOption(
      new Option('--debug', 'print the stack of an internal error').default(false).hideHelp(),
    );
}

/** A URL without what is secret in it. */
function shownAddress(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname.replace(/(?<!\/)\/+$/, '')}`;
}

const noLimitMs = 3_600_000;

/** `--timeout` is the limit of a run; of all runs together for who waits for health. */
function timesOf(raw: Readonly<Record<string, unknown>>): Pick<RunOptions, 'timeoutMs' | 'watch'> {
  const given = raw['timeout'] === undefined ? undefined : Number(raw['timeout']);
  const intervalMs = Math.max(1000, Number(raw['interval'] ?? 5000));
  if (raw['untilHealthy'] === true) {
    const limitMs = given === 0 ? Infinity : (given ?? 300_000);
    const flag = '--until-healthy' as const;
    return { timeoutMs: 60_000, watch: { until: 'healthy', flag, intervalMs, limitMs } };
  }
  const timeoutMs = (given ?? 60_000) || noLimitMs;
  if (raw['watch'] !== true) return { timeoutMs };
  return { timeoutMs, watch: { until: 'changed', flag: '--watch', intervalMs, limitMs: Infinity } };
}

/** What commander parsed, by the names this program uses. */
export function runOptions(raw: Readonly<Record<string, unknown>>): RunOptions {
  const text = (key: string) => (typeof raw[key] === 'string' ? raw[key] : undefined);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- K names the key of what is returned
  const optional = <K extends string>(key: K, value: string | undefined) =>
    value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  return {
    connection: {
      ...optional('kubeconfig', text('kubeconfig')),
      ...optional('context', text('context')),
      ...optional('namespace', text('namespace')),
      ...optional('as', text('as')),
      ...optional('asUid', text('asUid')),
      ...optional('prometheus', text('prometheus')),
      programs: Object.fromEntries(
        placedPrograms.flatMap(({ name }) => {
          const path = text(name);
          return path === undefined ? [] : [[name, path]];
        }),
      ),
      asGroups: Array.isArray(raw['asGroup']) ? (raw['asGroup'] as string[]) : [],
      requestTimeoutMs: Number(raw['requestTimeout'] ?? 10_000) || 3_600_000,
    },
    ...optional('namespace', text('namespace')),
    mesh: { ...chosenIn(raw), ...optional(prometheusKey, shownAddress(text('prometheus'))) },
    output: (text('output') ?? 'text') as Format,
    ...optional('save', text('save')),
    ...optional('from', text('from')),
    ...timesOf(raw),
    verbose: raw['verbose'] === true,
    ...(typeof raw['fix'] === 'number' ? { fix: raw['fix'] } : {}),
    ...(raw['failOn'] === 'warning' ? { failOn: 'warning' as const } : {}),
    quiet: raw['quiet'] === true,
    noInput: raw['input'] === false,
    color: (text('color') ?? 'auto') as ColorChoice,
    debug: raw['debug'] === true,
    flags: flagsOf(raw),
  };
}
