import fc from 'fast-check';
import { expect, test } from 'vitest';
import { istioDefaults, size, type Measured } from '../../../../src/model/istio/memory-size.ts';
import { readQuantity } from '../../../../src/model/kube/quantity.ts';

const mi = 2 ** 20;
const memory = fc.option(
  fc.integer({ min: 1, max: 16_384 }).map((n) => n * mi),
  {
    nil: undefined,
  },
);
const cpu = fc.option(
  fc.integer({ min: 10, max: 16_000 }).map((n) => n / 1000),
  {
    nil: undefined,
  },
);
const resources = fc.record({
  memoryRequest: memory,
  memoryLimit: memory,
  cpuRequest: cpu,
  cpuLimit: cpu,
});
const measured: fc.Arbitrary<Measured> = fc.record({
  now: resources,
  defaults: resources,
  usage: memory,
  peak: memory,
  killedAtLimit: fc.boolean(),
});

const bytes = (text: string): number => readQuantity(text) ?? Number.NaN;

test('the limit is never below what runs now, was seen, is set, or is the default', () => {
  fc.assert(
    fc.property(measured, (m) => {
      const limit = bytes(size(m).memoryLimit);
      expect(limit).toBeGreaterThanOrEqual((m.usage ?? 0) * 1.5);
      expect(limit).toBeGreaterThanOrEqual((m.peak ?? 0) * 1.5);
      expect(limit).toBeGreaterThanOrEqual(m.now.memoryLimit ?? 0);
      expect(limit).toBeGreaterThanOrEqual(m.defaults.memoryLimit ?? 1024 * mi);
      if (m.killedAtLimit) expect(limit).toBeGreaterThanOrEqual(2 * (m.now.memoryLimit ?? 0));
    }),
  );
});

test('requests are at most the limits, and no CPU figure goes down', () => {
  fc.assert(
    fc.property(measured, (m) => {
      const s = size(m);
      expect(bytes(s.memoryRequest)).toBeLessThanOrEqual(bytes(s.memoryLimit));
      expect(bytes(s.memoryRequest)).toBeGreaterThanOrEqual(m.usage ?? 0);
      expect(bytes(s.cpuRequest)).toBeLessThanOrEqual(bytes(s.cpuLimit));
      const least = Math.max(m.now.cpuLimit ?? 0, m.defaults.cpuLimit ?? 0);
      expect(bytes(s.cpuLimit)).toBeGreaterThanOrEqual(least - 1e-9);
    }),
  );
});

test('a proxy that died at the default of 1Gi is given 2Gi', () => {
  const now = istioDefaults;
  expect(
    size({ now, defaults: now, usage: 700 * mi, peak: undefined, killedAtLimit: true }),
  ).toEqual({
    memoryRequest: '704Mi',
    memoryLimit: '2Gi',
    cpuRequest: '100m',
    cpuLimit: '2',
    because:
      "memory limit: the largest of highest use seen (700Mi) × 1.5, exceeded limit (1Gi) × 2, the mesh's default (1Gi), rounded up; CPU: the current value or the mesh's default, whichever is higher",
  });
});

test('a limit of 256Mi that killed it goes back to the default, and the dropped CPU limit with it', () => {
  const now = {
    memoryRequest: undefined,
    memoryLimit: 256 * mi,
    cpuRequest: undefined,
    cpuLimit: undefined,
  };
  const sized = size({
    now,
    defaults: istioDefaults,
    usage: 241 * mi,
    peak: undefined,
    killedAtLimit: true,
  });
  expect(sized).toMatchObject({
    memoryRequest: '256Mi',
    memoryLimit: '1Gi',
    cpuRequest: '100m',
    cpuLimit: '2',
  });
});
