// What a real linkerd printed on the lab (test/tools/README.md), and what one prints when extensions answer too.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents, readChecks } from '../../../src/facts/linkerd/check.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../../tools/linkerd/${name}`, import.meta.url), 'utf8');

describe('readChecks', () => {
  it('names the check that failed by the fragment of its hint', () => {
    const checks = readChecks(recorded('expired/check.json'));
    const bad = checks.filter(({ result }) => result !== 'success');
    expect(bad).toEqual([
      {
        category: 'linkerd-identity',
        description: 'issuer cert is within its validity period',
        result: 'error',
        anchor: 'l5d-identity-issuer-cert-is-time-valid',
        error: 'issuer certificate is not valid anymore. Expired on 2026-11-15T00:00:00Z',
      },
    ]);
    expect(checks).toHaveLength(25);
  });

  it('reads the documents of core and extensions, one behind the other', () => {
    const core = recorded('installed/check.json');
    const viz = recorded('viz-down/viz-check.json');
    expect(readChecks(`${core}\n${viz}`)).toEqual([...readChecks(core), ...readChecks(viz)]);
    expect(readChecks(viz).find(({ anchor }) => anchor === 'l5d-tap-api')?.result).toBe('warning');
  });
});

describe('documents', () => {
  it('finds every object, whatever its strings hold and whatever stands between them', () => {
    const between = fc.constantFrom('', ' ', '\n', '\r\n', 'x\n');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), between)),
        (all) => {
          const text = all.map(([object, gap]) => `${JSON.stringify(object)}${gap}`).join('');
          const found = documents(text).map((one) => JSON.parse(one) as unknown);
          expect(JSON.stringify(found)).toBe(JSON.stringify(all.map(([object]) => object)));
        },
      ),
    );
  });

  it('takes half a document for none', () => {
    expect(documents('{"a": {"b": 1}')).toEqual([]);
    expect(readChecks('Error: unknown flag: --expected-version')).toEqual([]);
  });
});
