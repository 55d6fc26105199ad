// A terminal that says it is 0 or 1 wide, as `script` without one of its own and some CI have it.
import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { cluster } from './cluster.ts';
import { program } from './tmux.ts';

/** What `line` writes to a terminal of that size, and its exit code. */
function onTerminal(line: string, columns: number): Promise<{ text: string; code: number | null }> {
  const sized = `stty cols ${columns} rows ${columns}; ${line}`;
  const child = spawn('script', ['-qec', sized, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', LANG: 'C.UTF-8', CI: '', NO_COLOR: '' },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ text, code });
    });
  });
}

describe.each([0, 1])('%d columns', (columns) => {
  test('a run that takes a while prints a few lines, and obeys Ctrl-C', async () => {
    const { kubeconfig, hang } = await cluster();
    hang();
    const meshdoc = `${program} diagnose injection plain/legacy --kubeconfig ${kubeconfig}`;
    const { text, code } = await onTerminal(`(sleep 6; kill -INT $$) & exec ${meshdoc}`, columns);
    expect(text.length).toBeLessThan(8000);
    expect(text).not.toContain('\x1b[?25l');
    expect(text).toContain('Partial result: ');
    expect(code).toBe(130);
  });

  test('a report and help are 80 wide', async () => {
    for (const line of [`${program} demo stale`, `${program} --help`]) {
      const { text } = await onTerminal(line, columns);
      // Commands and evidence are not wrapped.
      const [prose = ''] = text.replace(/\x1b\[[\d;]*m/g, '').split(/^(?:Look|Fix|Exit codes)/m);
      const widest = Math.max(...prose.split(/\r?\n/).map((one) => one.length));
      expect(widest).toBeLessThanOrEqual(90);
      expect(widest).toBeGreaterThan(60);
    }
  });
});
