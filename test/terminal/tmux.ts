// A terminal of its own in tmux: keys go in as a person types them, the screen comes out as a person sees it.
import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../helpers/sources.ts';

export type Terminal = {
  /** Named keys (`Enter`, `C-c`, `Down`) of tmux(1). */
  press(...keys: readonly string[]): Promise<void>;
  type(text: string): Promise<void>;
  screen(): Promise<string>;
  /** The screen, and what has scrolled away above it. */
  history(): Promise<string>;
  /** The screen once it holds what is waited for; what is there instead is in the error. */
  sees(wanted: Wanted): Promise<string>;
  tmux(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

export type Wanted = RegExp | string | ((screen: string) => boolean);

export type TerminalOptions = {
  readonly columns?: number;
  readonly rows?: number;
  /** For what runs in it; an empty value unsets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of a tmux.conf. */
  readonly config?: readonly string[];
};

/** The built program, for a line that the shell's function is not good for. */
export const program = `${process.execPath} ${join(root, 'bin/meshdoc.js')}`;

const patienceMs = 15_000;

/** A shell in an empty folder with a prompt of `$ `; `meshdoc` in it is the built program. */
export async function terminal(o: TerminalOptions = {}): Promise<Terminal> {
  const work = await mkdtemp(join(tmpdir(), 'meshdoc-term-'));
  const socket = join(work, 'tmux');
  const config = join(work, 'tmux.conf');
  await writeFile(config, `${['set -g status off', ...(o.config ?? [])].join('\n')}\n`);
  await writeFile(join(work, 'rc'), shellOf(work, o.env ?? {}));
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await execa('tmux', ['-S', socket, '-f', config, ...args], { stripFinalNewline: false }))
      .stdout;
  const size = ['-x', String(o.columns ?? 100), '-y', String(o.rows ?? 40)];
  await tmux(
    'new-session',
    '-d',
    '-s',
    'a',
    ...size,
    `bash --noprofile --rcfile ${join(work, 'rc')}`,
  );
  const screen = () => tmux('capture-pane', '-p', '-t', 'a');
  const self: Terminal = {
    tmux,
    screen,
    history: () => tmux('capture-pane', '-p', '-S', '-', '-t', 'a'),
    press: async (...keys) => {
      await tmux('send-keys', '-t', 'a', ...keys);
    },
    type: async (text) => {
      await tmux('send-keys', '-t', 'a', '-l', text);
    },
    sees: async (wanted) => {
      const end = Date.now() + patienceMs;
      for (;;) {
        const now = await screen();
        if (isOn(now, wanted)) return now;
        if (Date.now() > end) throw new Error(`no ${String(wanted)} on the screen:\n${now}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: async () => {
      await tmux('kill-server').catch(() => '');
      await rm(work, { recursive: true, force: true });
    },
  };
  await self.sees(/^\$/m);
  return self;
}

function isOn(screen: string, wanted: Wanted): boolean {
  if (typeof wanted === 'string') return screen.includes(wanted);
  return typeof wanted === 'function' ? wanted(screen) : wanted.test(screen);
}

function shellOf(work: string, env: Readonly<Record<string, string>>): string {
  const set = { LANG: 'C.UTF-8', XDG_STATE_HOME: join(work, 'state'), HOME: work, ...env };
  const lines = Object.entries(set).map(([name, value]) =>
    value === '' ? `unset ${name}` : `export ${name}='${value}'`,
  );
  return [
    'unset CI NO_COLOR FORCE_COLOR LC_ALL LC_CTYPE KUBECONFIG',
    ...lines,
    `meshdoc() { ${program} "$@"; }`,
    `recorded() { echo ${join(root, 'test/scenarios')}/"$1"; }`,
    "PS1='$ '",
    `cd ${work}`,
    '',
  ].join('\n');
}
