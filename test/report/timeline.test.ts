// What of a timeline a ticket shows: what causes cite first, then what is near; and it says what it left out.
import { describe, expect, test } from 'vitest';
import type { EvidenceId } from '../../src/core/evidence.ts';
import { timelineOf } from '../../src/report/timeline.ts';
import { diagnosis, finding, moment as momentAt } from './build.ts';

// The builder's run starts on 2026-03-04 at 09:15:02.
const moment = (at: string, what: string, id: EvidenceId) => momentAt('event', at, what, id);
const telling = (...timeline: ReturnType<typeof moment>[]) =>
  diagnosis({ findings: [finding({ evidence: ['E1'] })], timeline });
const whats = (of: ReturnType<typeof timelineOf>) => of.moments.map(({ what }) => what);

describe('a window around the run', () => {
  test('what nothing cites is told for a day, before and after', () => {
    const d = telling(
      moment('2026-03-03T09:00:00Z', 'too early', 'E2'),
      moment('2026-03-03T10:00:00Z', 'the day before', 'E2'),
      moment('2026-03-05T09:00:00Z', 'the day after', 'E2'),
      moment('2026-03-05T10:00:00Z', 'too late', 'E2'),
    );
    const told = timelineOf([d], 10);
    expect(whats(told)).toEqual(['the day before', 'the day after']);
    expect(told.cut).toMatch(/^2 more events not shown \(2026-03-03T09:00:00Z to 2026-03-05T10/);
  });

  test('what a cause cites is told however old it is', () => {
    const d = telling(moment('2025-01-01T00:00:00Z', 'the root ended', 'E1'));
    expect(timelineOf([d], 10)).toMatchObject({ cut: undefined, moments: [{ evidence: ['E1'] }] });
  });
});

test('where there is room for few, the cited and the near stay, in the order of time', () => {
  const d = telling(
    moment('2026-03-01T00:00:00Z', 'cited and old', 'E1'),
    moment('2026-03-04T09:00:00Z', 'far', 'E2'),
    moment('2026-03-04T09:15:00Z', 'near', 'E2'),
  );
  expect(whats(timelineOf([d], 2))).toEqual(['cited and old', 'near']);
  expect(timelineOf([d], 2).cut).toContain('1 more event not shown (2026-03-04T09:00:00Z)');
  expect(timelineOf([d], 0).moments).toEqual([]);
});

test('two diagnoses that tell the same tell it once', () => {
  const d = telling(moment('2026-03-04T09:00:00Z', 'x', 'E1'));
  expect(timelineOf([d, d], 10).moments).toHaveLength(1);
});
