// The size of JSON, taken before it is parsed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measureJson, sizeProblem } from '../../src/core/json-size.ts';
import { limits } from '../../src/core/limits.ts';

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function valuesIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 1;
  return Object.values(value).reduce((sum: number, inner) => sum + valuesIn(inner), 1);
}

describe('measureJson', () => {
  it('knows the depth, and counts no value too few', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const { depth, nodes } = measureJson(JSON.stringify(value, null, indent));
        expect(depth).toBe(depthOf(value));
        expect(nodes).toBeGreaterThanOrEqual(valuesIn(value));
        expect(nodes).toBeLessThanOrEqual(2 * valuesIn(value));
      }),
    );
  });

  it('passes over brackets and commas in strings', () => {
    expect(measureJson('{"a[{,":"\\"[[,\\\\"}')).toEqual({ depth: 1, nodes: 2 });
    expect(measureJson('["[[[[')).toEqual({ depth: 1, nodes: 2 });
  });

  it('stops at the limit', () => {
    expect(measureJson('[[[[[[[[', { depth: 3, nodes: 100 }).depth).toBe(4);
    expect(measureJson('[1,1,1,1,1,1]', { depth: 3, nodes: 4 }).nodes).toBe(5);
  });

  it('says which limit a text is over', () => {
    expect(sizeProblem(measureJson('[]'))).toBeUndefined();
    expect(sizeProblem(measureJson('['.repeat(limits.jsonDepth + 1)))).toMatch(/1000 deep/);
    expect(sizeProblem(measureJson('{},'.repeat(limits.jsonNodes)))).toMatch(/2000000 values/);
  });
});
