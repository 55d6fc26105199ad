// Saves, and kills itself at the n-th call of the file system that may change something. argv: what, path, n.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [, , what = '', path = '', at = '0'] = process.argv;
let left = Number(at);
let armed = false;
const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
const names = [
  ...['mkdirSync', 'rmdirSync', 'openSync', 'writeSync', 'fsyncSync', 'closeSync', 'chmodSync'],
  ...['fchmodSync', 'renameSync', 'rmSync', 'linkSync'],
];
for (const name of names) {
  const real = calls[name];
  if (!real) throw new Error(`node:fs has no ${name}`);
  calls[name] = (...args) => {
    if (armed && (left -= 1) === 0) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
syncBuiltinESMExports();

const { writeCase } = await import('../../src/snapshot/save.ts');
const { writeSession } = await import('../../src/snapshot/session.ts');
await import('tar');
armed = true;
const now = '2026-11-21T08:00:00Z';
const written =
  what === 'session'
    ? writeSession(path, { session: 1, started: now, namespace: 'new', runs: [], notes: [] })
    : await writeCase(path, {
        file: { meshdoc: 1, complete: false, runbook: 'new', input: {}, now },
        objects: [],
        answers: [{ question: 'q', status: '200', stderr: '', body: 'new' }],
      });
armed = false;
if (!written.ok) throw new Error(written.says);
