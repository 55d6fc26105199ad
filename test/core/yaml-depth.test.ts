// The depth of YAML, bounded before it is parsed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { yamlDepth } from '../../src/core/yaml-depth.ts';
import { parseYaml } from '../../src/facts/yaml.ts';

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('yamlDepth', () => {
  it('is never less than the depth', () => {
    const style = fc.constantFrom('block' as const, 'flow' as const, 'any' as const);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), style, (value, collectionStyle) => {
        const text = stringify(value, { collectionStyle, indent: 1 });
        // The outermost level of block style takes no column.
        expect(yamlDepth(text)).toBeGreaterThanOrEqual(depthOf(value) - 1);
      }),
    );
  });

  it.each(['- ', '? ', '[', '{', '{a: ', '? - '])('keeps %j from the parser', (mark) => {
    expect(parseYaml(mark.repeat(3000))).toBeUndefined();
    expect(yamlDepth(mark.repeat(300))).toBeGreaterThanOrEqual(300);
  });
});

describe('parseYaml', () => {
  it('takes no collection for a key', () => {
    expect(parseYaml('? {a: b}\n: c\n')).toBeUndefined();
    expect(parseYaml('1: a\ntrue: b\n')).toEqual({ 1: 'a', true: 'b' });
  });
});
