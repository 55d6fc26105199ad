// Whatever the resources: order means nothing, other namespaces' troubles are theirs, a mesh in order has none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../src/model/istio/effect/evaluate.ts';
import type { KubeObject } from '../../../../src/core/object.ts';
import { broken, healthy } from './arbitrary.ts';
import { sceneOf } from './scene.ts';

const OURS = ['shop', 'billing', 'istio-system'];

function answers(objects: readonly KubeObject[]) {
  return evaluate(sceneOf(objects));
}

describe('evaluate', () => {
  it('does not depend on the order of its input', () => {
    const shuffled = broken(OURS).chain((objects) =>
      fc.tuple(
        fc.constant(objects),
        fc.shuffledSubarray(objects, { minLength: objects.length, maxLength: objects.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([objects, other]) => {
        expect(answers(other)).toEqual(answers(objects));
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing new when another namespace is added', () => {
    const what = (objects: readonly KubeObject[]) =>
      answers(objects).problems.map(({ rule, resource }) => ({ rule, resource }));
    fc.assert(
      fc.property(broken(OURS), broken(['far', 'away']), (objects, others) => {
        const before = new Set(what(objects).map((one) => JSON.stringify(one)));
        const after = what([...objects, ...others]).map((one) => JSON.stringify(one));
        expect(after.filter((one) => !before.has(one))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing in a mesh in which all fits together', () => {
    fc.assert(
      fc.property(healthy, (objects) => {
        expect(answers(objects).problems).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('says nothing is missing where nobody looked', () => {
    fc.assert(
      fc.property(broken(['shop']), (objects) => {
        const { problems } = evaluate(sceneOf(objects, { servicesKnownIn: [] }));
        const absent = problems.filter(({ says }) => /does not exist|no Service or/.test(says));
        // Half a name is wrong wherever the Service it means is known.
        expect(absent.filter(({ says }) => !/ host \w+\.shop, /.test(says))).toEqual([]);
      }),
    );
  });

  it('writes whole sentences', () => {
    fc.assert(
      fc.property(broken(OURS), (objects) => {
        for (const problem of answers(objects).problems) {
          expect(problem.says).toMatch(/^[A-Z]\w+ [\w-]+\/[\w-]+ [^.].*[^.]\.$/);
          expect(problem.consequence).toMatch(/^[A-Z].*[^.]\.$/);
          for (const fix of problem.fixes) {
            for (const patch of [fix.patch, fix.undo]) {
              if (patch) expect(JSON.parse(patch.body)).toBeInstanceOf(Array);
            }
          }
        }
      }),
    );
  });
});
