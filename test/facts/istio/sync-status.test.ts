// What a proxy was sent and what it made of it, in every shape that istiod and istioctl print it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  readProxyStatus,
  splitDocuments,
  statusArgs,
} from '../../../src/facts/istio/proxy-status.ts';
import { readConnections, readSyncz, type TypeSync } from '../../../src/model/istio/syncz.ts';
import { root } from '../../helpers/sources.ts';

const tool = (path: string) => readFile(join(root, 'test/tools', path), 'utf8');
const now = Date.parse('2026-11-21T05:08:10Z');
const states = (types: readonly TypeSync[] = []) => types.map((t) => `${t.type} ${t.state}`);

describe('syncz', () => {
  test('since 1.23: states, times and the words of the refusal', async () => {
    const rows = readSyncz(await tool('istiod/syncz.json'));
    const [frozen, refusing] = rows ?? [];
    expect(frozen?.proxy).toBe('productpage-v1-7f8ddc75fc-z828h.bookinfo');
    expect(states(frozen?.types)).toEqual(['CDS STALE', 'LDS STALE', 'EDS SYNCED', 'RDS STALE']);
    expect(states(refusing?.types)).toEqual([
      'CDS SYNCED',
      'LDS ERROR',
      'EDS SYNCED',
      'RDS SYNCED',
    ]);
    const lds = refusing?.types.find((t) => t.type === 'LDS');
    expect(lds?.error).toContain("'acme.rate' with type URL: 'acme.Rate'");
    expect(lds?.sentAt).toBe(Date.parse('2026-11-21T05:08:07.650302552Z'));
  });

  test('before 1.23: flat fields, no times; a type without either was never subscribed', () => {
    const row = {
      proxy: 'a.b',
      cluster_sent: 'x/2',
      cluster_acked: 'x/1',
      route_sent: 'x/2',
      route_acked: 'x/2',
      listener_sent: 'x/2',
    };
    const [read] = readSyncz(JSON.stringify([row])) ?? [];
    expect(states(read?.types)).toEqual(['CDS STALE', 'LDS STALE', 'RDS SYNCED']);
    expect(read?.types.map((t) => [t.sentAt, t.neverAcked])).toEqual([
      [undefined, false],
      [undefined, true],
      [undefined, false],
    ]);
  });

  test('a type nobody has a short name for keeps its last word', () => {
    const resources = { 'type.googleapis.com/acme.v1.Thing': { sent: '', acked: '' } };
    const [read] = readSyncz(JSON.stringify([{ proxy: 'a.b', resources }])) ?? [];
    expect(states(read?.types)).toEqual(['Thing NOT SENT']);
  });

  test.each([
    ['null', []],
    ['[]', []],
    ['{}', undefined],
    ['', undefined],
    ['<html></html>', undefined],
    ['[{"cluster_id":"x"}]', undefined],
    ['"ok"', undefined],
  ])('%s reads as %j', (body, rows) => {
    expect(readSyncz(body)).toEqual(rows);
  });

  test('connections: the newest stream of each proxy', async () => {
    const recorded = readConnections(await tool('istiod/connections.json'));
    expect(recorded?.get('reviews-v1-5c4bd48df8-r7qbx.bookinfo')).toBe(
      Date.parse('2026-11-21T04:50:22.499101648Z'),
    );
    const clients = [7, 9, 8].map((s) => ({
      connectionId: `web.shop-${s}`,
      connectedAt: `2026-11-21T08:00:0${s}Z`,
    }));
    const twice = readConnections(JSON.stringify({ clients }));
    expect(twice?.get('web.shop')).toBe(Date.parse('2026-11-21T08:00:09Z'));
    expect(readConnections('[]')).toBeUndefined();
  });
});

describe('proxy-status', () => {
  test('the table of 1.23 to 1.26, by the names of its columns', async () => {
    const rows = readProxyStatus(await tool('istioctl/1.26/proxy-status.txt'), now);
    expect(rows?.map((r) => [r.proxy, r.istiod, r.version, ...states(r.types)])).toEqual([
      [
        'proxy1',
        'istiod1',
        '1.20',
        'CDS STALE',
        'LDS SYNCED',
        'EDS SYNCED',
        'RDS NOT SENT',
        'ECDS SYNCED',
      ],
      [
        'proxy2',
        'istiod2',
        '1.19',
        'CDS STALE',
        'LDS SYNCED',
        'EDS STALE',
        'RDS SYNCED',
        'ECDS STALE',
      ],
      [
        'proxy3',
        'istiod3',
        '1.20',
        'CDS NOT SENT',
        'LDS ERROR',
        'EDS STALE',
        'RDS NOT SENT',
        'ECDS NOT SENT',
      ],
      ['proxy4', 'istiod4', '1.20'],
    ]);
  });

  test('the table of 1.29 -v 1, with ages', async () => {
    const rows = readProxyStatus(await tool('istioctl/1.29.6/proxy-status-v1.txt'), now);
    expect(rows?.map((r) => states(r.types))).toEqual([
      ['CDS STALE', 'LDS STALE', 'EDS SYNCED', 'RDS STALE'],
      ['CDS SYNCED', 'LDS ERROR', 'EDS SYNCED', 'RDS SYNCED'],
    ]);
    expect(rows?.[0]?.types[0]?.sentAt).toBe(now - 3000);
    expect(rows?.[0]?.types[0]?.neverAcked).toBe(false);
  });

  test('a table without states is no answer: that is what 1.27 prints without -v 1', async () => {
    const plain = await tool('istioctl/1.29.6/proxy-status.txt');
    expect(readProxyStatus(plain, now)).toBeUndefined();
  });

  test('STALE (Never Acknowledged)', () => {
    const table =
      'NAME     CDS                            ISTIOD\na.b      STALE (Never Acknowledged)     i\n';
    expect(readProxyStatus(table, now)?.[0]?.types).toMatchObject([
      { type: 'CDS', state: 'STALE', neverAcked: true, sentAt: undefined },
    ]);
  });

  test('the JSON of 1.31: one document an istiod, one behind the other', async () => {
    const document = await tool('istioctl/1.31/proxy-status.json');
    const one = readProxyStatus(document, now);
    expect(one?.map((r) => states(r.types))).toEqual([
      ['CDS SYNCED', 'LDS SYNCED', 'EDS SYNCED', 'RDS SYNCED'],
      ['CDS SYNCED', 'LDS ERROR', 'EDS SYNCED', 'RDS SYNCED'],
    ]);
    expect(one?.[1]?.types[1]?.error).toContain('acme.rate');
    expect(one?.[1]?.istiod).toMatch(/^istiod-/);
    expect(readProxyStatus(`${document.trimEnd()}\n${document}`, now)).toHaveLength(4);
    expect(splitDocuments('{\n "a": 1\n}\n{\n "b": {\n  "c": 2\n }\n}')).toHaveLength(2);
    // No proxies at all (istioctl proxystatus_test.go).
    expect(readProxyStatus('{\n\n}\n', now)).toEqual([]);
  });

  test.each(['', 'panic: x', '<html>', '{"a":', '{"resources":[]}{', 'NAME     AGE\nx     1\n'])(
    '%j is not a status',
    (body) => {
      expect(readProxyStatus(body, now)).toBeUndefined();
    },
  );

  test('the flags that make each version print states', () => {
    expect([26, 27, 29, 30, 31].map((minor) => statusArgs(minor).join(' '))).toEqual([
      'proxy-status',
      'proxy-status -v 1',
      'proxy-status -v 1',
      'proxy-status -o json',
      'proxy-status -o json',
    ]);
  });
});
