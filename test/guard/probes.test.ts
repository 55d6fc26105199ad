// Credentials in every way of writing, through every door that text comes in by: none is to be read afterwards.
import { describe, expect, it } from 'vitest';
import { failed } from '../../src/core/ports.ts';
import { guard } from '../../src/guard/guard.ts';
import { applyRules, isSuspect } from '../../src/guard/text.ts';
import { probes } from './probes.ts';
import { DUMP, json, never, object, STATUS, text, through } from './samples.ts';

async function seen(line: string): Promise<string> {
  const metadata = { name: 'x', annotations: { note: line } };
  const containers = [{ name: 'a', args: ['-c', line], env: [{ name: 'APP', value: line }] }];
  const failing = guard(() => Promise.resolve(failed('server-error', line)));
  const all: readonly unknown[] = [
    await text(line),
    await text(JSON.stringify({ level: 'warn', msg: line })),
    await json({ a: [{ message: line }] }),
    await object('Pod', { metadata, spec: { containers } }),
    await object('ConfigMap', { data: { 'app.yaml': line } }),
    await object('Event', { message: line }),
    await through(STATUS, { exitCode: 1, stdout: '', stderr: line }),
    await failing(DUMP, never),
  ];
  return all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
}

function forms(secret: string): readonly string[] {
  const base64 = Buffer.from(secret).toString('base64').slice(0, 14);
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64];
}

describe('probes', () => {
  it(`hides the credential of each of ${String(probes.length)} lines, through eight doors`, async () => {
    expect(new Set(probes.map(({ line }) => line)).size).toBeGreaterThanOrEqual(300);
    const leaks: string[] = [];
    for (const { line, secret } of probes) {
      const out = await seen(line);
      if (forms(secret).some((form) => out.includes(form))) leaks.push(line);
    }
    expect(leaks).toEqual([]);
  });

  it('looks closer at every text in which a rule finds something', () => {
    const found = probes.filter(({ line }) => applyRules(line, () => '') !== line);
    expect(found.length).toBeGreaterThan(300);
    expect(found.filter(({ line }) => !isSuspect(line))).toEqual([]);
  });
});
