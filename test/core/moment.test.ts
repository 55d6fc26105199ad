// Moments of many answers become one timeline: in order, each once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EvidenceId } from '../../src/core/evidence.ts';
import { happened, inTime, momentOf, type MomentKind } from '../../src/core/moment.ts';

const moment = (kind: MomentKind, at: string, what: string, id: EvidenceId) =>
  momentOf({ kind, at, what }, id);

describe('happened', () => {
  test('takes what a cluster writes and what a clock counts', () => {
    const expected = [{ kind: 'end', at: '2026-03-04T09:15:02.000Z', what: 'x' }];
    expect(happened('end', '2026-03-04T09:15:02Z', 'x')).toEqual(expected);
    expect(happened('end', Date.parse('2026-03-04T09:15:02Z'), 'x')).toEqual(expected);
  });

  test.each([[undefined], [''], ['soon'], [Number.NaN], [Infinity], [9e15]])(
    'tells nothing of the time %s',
    (at) => {
      expect(happened('end', at, 'x')).toEqual([]);
    },
  );
});

describe('a timeline', () => {
  test('is in the order of time, whatever the precision', () => {
    const times = ['2026-03-04T09:15:02.9Z', '2026-03-04T09:15:02Z', '2026-03-04T09:15:01.5Z'];
    const told = inTime(times.map((at, i) => moment('event', at, `${i}`, 'E1')));
    expect(told.map(({ what }) => what)).toEqual(['2', '1', '0']);
  });

  test('tells the change before what it led to, in the same instant', () => {
    const at = '2026-03-04T09:15:02Z';
    const kinds = ['push', 'start', 'change', 'end'] as const;
    const told = inTime(kinds.map((kind) => moment(kind, at, kind, 'E1')));
    expect(told.map(({ kind }) => kind)).toEqual(['change', 'end', 'start', 'push']);
  });

  test('tells a thing once, and cites every answer that told it', () => {
    const told = inTime([
      moment('start', '2026-03-04T09:15:02.250Z', 'pod a was created', 'E12'),
      moment('start', '2026-03-04T09:15:02.000Z', 'pod a was created', 'E3'),
      moment('start', '2026-03-04T09:15:02.000Z', 'pod a was created', 'E3'),
    ]);
    expect(told).toEqual([
      {
        kind: 'start',
        at: '2026-03-04T09:15:02.000Z',
        what: 'pod a was created',
        evidence: ['E3', 'E12'],
      },
    ]);
  });

  test('does not depend on who told first', () => {
    const one = fc.record({
      kind: fc.constantFrom('change' as const, 'end' as const, 'push' as const),
      at: fc.constantFrom('2026-03-04T09:15:02Z', '2026-03-04T09:15:02.5Z', '2025-01-01T00:00:00Z'),
      what: fc.constantFrom('a', 'b'),
      id: fc.constantFrom('E1' as const, 'E2' as const, 'E10' as const),
    });
    fc.assert(
      fc.property(fc.array(one), fc.nat(), (all, turn) => {
        const moments = all.map(({ id, ...rest }) => momentOf(rest, id));
        const by = turn % (moments.length || 1);
        const turned = [...moments.slice(by), ...moments.slice(0, by)];
        expect(inTime(turned)).toEqual(inTime(moments));
      }),
    );
  });
});
