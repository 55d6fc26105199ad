// Which questions are passed on. A refused question must never reach the adapter.
import { describe, expect, it } from 'vitest';
import { allowedText } from '../../src/guard/allowed-text.ts';
import { guard } from '../../src/guard/guard.ts';
import { refusal } from '../../src/guard/refuse.ts';
import { asked, harmful, http, tool } from './questions.ts';
import { always, never } from './samples.ts';

describe('refusals', () => {
  it.each(asked.map((q) => [q]))('asks %j', (q) => {
    expect(refusal(q)).toBeUndefined();
  });

  it.each(harmful.map((q) => [q]))('refuses %j', async (q) => {
    let reached = false;
    const ask = guard((...args) => {
      reached = true;
      return always('')(...args);
    });
    expect(await ask(q, never)).toMatchObject({ ok: false, why: 'refused' });
    expect(reached).toBe(false);
  });

  it('says why when the harm is known', () => {
    expect(refusal(http(15014, '/debug/edsz?proxyID=a.b'))).toContain('57789');
    expect(refusal(http(15014, '/debug/adsz?%70ush=true'))).toContain('push to every proxy');
    expect(refusal(http(15000, '/quitquitquit'))).toContain('ends the process');
    expect(refusal(tool('istioctl ps web.shop'))).toContain('istioctl ps web.shop is not run');
  });

  it('holds a moved port to the list of the one it stands for', () => {
    expect(refusal(http(15100, '/certs'), { 15100: 15000 })).toBeUndefined();
    expect(refusal(http(15100, '/quitquitquit'), { 15100: 15000 })).toContain('ends the process');
  });

  it('prints the closed list', () => {
    const lines = allowedText();
    expect(lines).toContain('GET :15014 /debug/syncz?namespace (istiod (monitoring))');
    expect(lines.join('\n')).not.toMatch(/secret-key|quitquitquit|force_disconnect|--level/);
  });
});
