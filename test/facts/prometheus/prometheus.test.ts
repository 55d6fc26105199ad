// What a real Prometheus printed (test/tools/prometheus), and what a broken one may print.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/core/question.ts';
import { readBody, type Body } from '../../../src/facts/prometheus/ask.ts';
import { wholeItems } from '../../../src/facts/prometheus/cut.ts';
import { queryFor, readVector } from '../../../src/facts/linkerd/metrics/series.ts';
import {
  readPools,
  readTargets,
  scrapeEnd,
  withoutUrl,
  type Target,
} from '../../../src/facts/linkerd/metrics/targets.ts';
import { refusal } from '../../../src/guard/refuse.ts';

const recorded = (name: string) =>
  readFile(join(import.meta.dirname, '../../tools/prometheus', `${name}.json`), 'utf8');
const answered = (body: string, status = 200): HttpAnswer => ({ is: 'answered', status, body });

async function bodyOf(name: string): Promise<Body> {
  const got = readBody({ ok: true, value: answered(await recorded(name)) });
  if (!got.ok) throw new Error(got.detail);
  return got.value;
}

test('a success that came with an error is none', () => {
  const body = '{"status":"success","data":{"resultType":"vector","result":[]}}';
  expect(readBody({ ok: true, value: answered(body) })).toMatchObject({ ok: true });
  expect(readBody({ ok: true, value: answered(body, 500) })).toMatchObject({
    why: 'server-error',
    detail: 'status 500',
  });
});

describe('targets', () => {
  test('each way to fail, in the words of 2.42', async () => {
    const { targets } = readTargets(await bodyOf('targets')) ?? { targets: [] };
    const ends = targets.map((t) => [t.pod?.name, t.health, scrapeEnd(t.lastError)]);
    expect(Object.fromEntries(ends.map(([name, ...rest]) => [name, rest]))).toEqual({
      'denied-1': ['down', 'denied'],
      'silent-1': ['down', 'timed-out'],
      'refused-1': ['down', 'refused'],
      'html-1': ['down', 'not-metrics'],
      'voting-1': ['up', 'other'],
    });
    expect(targets.find((t) => t.pod?.name === 'voting-1')).toMatchObject<Partial<Target>>({
      address: '127.0.0.1:14191',
      pool: 'linkerd-proxy',
      interval: '2s',
      lastError: '',
    });
  });

  test('a Prometheus in the mesh hears of a time-out and of a refusal from its own proxy alone', async () => {
    const { targets } = readTargets(await bodyOf('targets-meshed')) ?? { targets: [] };
    const ends = targets.map((t) => [t.pod?.name.split('-')[0], scrapeEnd(t.lastError)]);
    expect(Object.fromEntries(ends)).toEqual({
      secure: 'denied',
      emoji: 'gateway', // its packets were dropped
      authed: 'gateway', // its connections were reset
    });
  });

  test('the jobs', async () => {
    expect(readPools(await bodyOf('scrape-pools'))).toEqual(['linkerd-proxy', 'prometheus']);
  });

  test('an error without its address', () => {
    expect(withoutUrl('Get "http://10.0.0.1:4191/metrics": context deadline exceeded')).toBe(
      'context deadline exceeded',
    );
    expect(
      withoutUrl(
        'Get "http://10.0.0.1:4191/metrics": dial tcp 10.0.0.1:4191: connect: connection refused',
      ),
    ).toBe('dial tcp: connect: connection refused');
  });

  test('however it is cut, what is read of it is true', async () => {
    const body = (await recorded('targets')).trim();
    const whole = readTargets(await bodyOf('targets'))?.targets ?? [];
    fc.assert(
      fc.property(fc.nat(body.length - 1), (length) => {
        const items = wholeItems(body.slice(0, length));
        const read = items && readTargets({ data: items, cut: true });
        if (read) expect(whole.slice(0, read.targets.length)).toEqual(read.targets);
      }),
    );
    expect(wholeItems(body.slice(0, -10))?.['activeTargets']).toHaveLength(whole.length);
  });
});

describe('queries', () => {
  test('values are strings', async () => {
    const { samples } = readVector(await bodyOf('query-request-total')) ?? { samples: [] };
    expect(samples.map(({ labels, value }) => [labels['target_port'], value])).toEqual([
      ['8080', 12],
      ['4191', 3],
    ]);
  });

  test('a scalar is no vector', async () => {
    expect(readVector(await bodyOf('query-nan'))).toBeUndefined();
  });

  test('an error is told in its own words', async () => {
    const got = readBody({ ok: true, value: answered(await recorded('query-bad'), 400) });
    expect(got).toMatchObject({ ok: false, why: 'server-error' });
    expect(got.ok ? '' : got.detail).toMatch(/parse error/);
  });

  test('as many addresses as a question may hold', () => {
    const all = Array.from({ length: 200 }, (_, i) => `[fd00:10:244::${i}]:4191`);
    const path = `/api/v1/query?query=${encodeURIComponent(queryFor('request_total', all))}`;
    expect(refusal({ ask: 'http', pod: { namespace: 'a', name: 'b' }, port: 9090, path })).toBe(
      undefined,
    );
  });
});

describe('what is no answer of Prometheus', () => {
  const why = (answer: HttpAnswer) => {
    const got = readBody({ ok: true, value: answer });
    return got.ok ? 'ok' : got.why;
  };
  test.each([
    [answered('Unauthorized', 401), 'unauthenticated'],
    [answered('', 403), 'forbidden'],
    [answered('404 page not found\n', 404), 'unreadable'],
    [answered('<!doctype html><h1>502</h1>', 502), 'unreadable'],
    [answered('<!doctype html>'), 'unreadable'],
    [answered('{}'), 'unreadable'],
    [answered('null'), 'unreadable'],
    [answered('"ok"'), 'unreadable'],
    [{ is: 'silent', waitedMs: 9 } as const, 'timed-out'],
    [{ is: 'closed' } as const, 'unreachable'],
  ])('%j', (answer, said) => {
    expect(why(answer)).toBe(said);
  });

  test('any text is answered in words', () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        const got = readBody({ ok: true, value: answered(body) });
        expect(got.ok || got.detail.length > 0).toBe(true);
      }),
    );
  });
});
