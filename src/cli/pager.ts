// Hands a page to the program that a person reads long texts with.
import { spawn } from 'node:child_process';

type Env = Readonly<Record<string, string | undefined>>;

/** `$PAGER` as a shell takes it, or less; undefined where nobody wants one. */
export function pagerOf(env: Env, platform: NodeJS.Platform): string | undefined {
  if (platform === 'win32' || env['TERM'] === 'dumb') return undefined;
  const pager = env['PAGER'] ?? 'less -R';
  return pager === '' || pager === 'cat' ? undefined : pager;
}

/** Whether it was shown; when the pager is not there, it was not. */
export function page(text: string, pager: string, env: Env): Promise<boolean> {
  return new Promise((resolve) => {
    // -R lets our colours through, and nothing else that a terminal obeys.
    const child = spawn(pager, {
      shell: true,
      env: { ...env, LESS: env['LESS'] ?? 'R' },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.on('error', () => {
      resolve(false);
    });
    child.on('close', (code) => {
      resolve(code !== notFound);
    });
    // A reader who has enough closes it.
    child.stdin.on('error', () => undefined).end(text);
  });
}

/** What a shell says of a program that it does not find. */
const notFound = 127;
