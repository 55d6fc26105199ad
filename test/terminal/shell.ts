// A shell in tmux, as a person sits before it: keys are sent, the screen is read.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { scratch } from '../helpers/fake-apiserver/index.ts';

const meshdoc = fileURLToPath(new URL('../../bin/meshdoc.js', import.meta.url));

export type Terminal = {
  /** Text is typed as it is; `Tab`, `Enter` and `C-u` are keys. */
  readonly type: (text: string) => Promise<unknown>;
  readonly press: (...keys: readonly string[]) => Promise<unknown>;
  /** The screen once `wanted` is on it; the screen as it is when that takes too long. */
  readonly screen: (wanted: RegExp) => Promise<string>;
  readonly close: () => Promise<unknown>;
};

export type Home = {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly write: (path: string, text: string) => void;
};

/** An empty home, and a PATH on which `meshdoc` is this one. */
export function makeHome(kubeconfig: string): Home {
  const dir = scratch();
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  chmodSync(meshdoc, 0o755);
  symlinkSync(meshdoc, join(bin, 'meshdoc'));
  const path = [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  return {
    dir,
    env: { HOME: dir, PATH: path, KUBECONFIG: kubeconfig, LANG: 'C.UTF-8', TERM: 'screen' },
    write: (file, text) => {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), text);
    },
  };
}

const patience = 20_000;
let started = 0;

/** `argv` in a terminal of its own, 100 by 30. */
export async function openTerminal(argv: readonly string[], home: Home): Promise<Terminal> {
  started += 1;
  const socket = `meshdoc-${process.pid}-${started}`;
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const options = { env: home.env, extendEnv: false, cwd: home.dir, stdin: 'ignore' } as const;
    return (await execa('tmux', ['-L', socket, '-f', '/dev/null', ...args], options)).stdout;
  };
  await tmux('new-session', '-d', '-x', '100', '-y', '30', ...argv);
  const look = () => tmux('capture-pane', '-p');
  return {
    type: (text) => tmux('send-keys', '-l', text),
    press: (...keys) => tmux('send-keys', ...keys),
    screen: async (wanted) => {
      const until = Date.now() + patience;
      let seen = await look();
      while (!wanted.test(seen) && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        seen = await look();
      }
      return seen;
    },
    close: () => tmux('kill-server'),
  };
}
