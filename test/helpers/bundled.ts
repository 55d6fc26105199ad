// The program as it ships, for what only a real process can show: signals, streams, exit codes. Bundled once a run of
// the tests, into a folder of its own.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { scratch } from './fake-apiserver/index.ts';
import { root } from './sources.ts';

let made: Promise<string> | undefined;

/** The path of its script. */
export function bundled(): Promise<string> {
  made ??= bundle();
  return made;
}

/** Another than the one that ships, where `plugins` change it. */
export async function bundle(plugins: readonly Plugin[] = []): Promise<string> {
  const outdir = scratch();
  await build({
    absWorkingDir: root,
    entryPoints: { start: 'src/cli/start.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.5',
    logLevel: 'error',
    plugins: [...plugins],
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  return join(outdir, 'start.mjs');
}

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
};

export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

type How = {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: StdioOptions;
  /** A module that is loaded first. */
  readonly preload?: string;
  /** In place of the program as it ships. */
  readonly script?: string;
};

export async function start(argv: readonly string[], how: How = {}): Promise<Running> {
  const script = how.script ?? (await bundled());
  const first = how.preload === undefined ? [] : ['--import', how.preload];
  const child = spawn(process.execPath, [...first, script, ...argv], {
    env: { PATH: process.env['PATH'], ...how.env },
    stdio: how.stdio ?? ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, out, err });
    });
  });
  return { child, ended };
}
