// The evaluator against real proxies: generated policies, applied to the API server, and generated requests,
// sent through real sidecars. What Envoy answers is right.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policies, root, sent } from '../facts/istio/authz/arbitrary.ts';
import { clearField, makeField, namespaces, type Field } from './authz/field.ts';
import { changeMeshConfig, nobody, setMeshConfig } from './authz/mesh-config.ts';
import { forget, inForce } from './authz/rounds.ts';
import {
  detailsOf,
  expected,
  refusedByProvider,
  rulesNamed,
  told,
  tryAll,
  type Tried,
} from './authz/try.ts';
import { lab, type Lab } from './lab.ts';
import { until } from './sh.ts';

const BUILD_MS = 40 * 60_000;
const ROUNDS_MS = 15 * 60_000;
/** Another seed finds other things; this many rounds take about a minute. */
const SEED = Number(process.env.MESHDOC_AUTHZ_SEED ?? 2026);
const ROUNDS = Number(process.env.MESHDOC_AUTHZ_ROUNDS ?? 55);
const REQUESTS = 8;

let mesh: Lab;
let field: Field;
let meshConfig: string | undefined;

beforeAll(async () => {
  mesh = await lab();
  await mesh.mend();
  meshConfig = await changeMeshConfig(mesh);
  field = await makeField(mesh);
  await mesh.apply(nobody);
}, BUILD_MS);

afterAll(async () => {
  await forget(mesh);
  await clearField(mesh, field);
  if (meshConfig !== undefined) await setMeshConfig(mesh, meshConfig);
}, 60_000);

const count = namespaces.length * REQUESTS;
const authorizers = ['yea', 'yea', 'yea', 'nay', 'grpc', 'log', 'missing'];
const round = fc.record({
  ofRoot: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: policies(root, { minLength: 1, maxLength: 1 }, authorizers) },
  ),
  ofNamespaces: fc.tuple(
    ...namespaces.map((namespace) =>
      policies(namespace, { minLength: 1, maxLength: 3 }, authorizers),
    ),
  ),
  sent: fc.array(sent, { minLength: count, maxLength: count }),
});

test(
  'Envoy and the evaluator decide alike, and name the same rule',
  async () => {
    const tried: Tried[] = [];
    const rounds = fc.sample(round, { seed: SEED, numRuns: ROUNDS });
    for (const [index, { ofRoot, ofNamespaces, sent: all }] of rounds.entries()) {
      const objects = [...ofRoot, ...ofNamespaces.flat()];
      await inForce(mesh, index, objects, field.destinations);
      const each = field.destinations.map((to, at) => {
        const own = all.slice(at * REQUESTS, (at + 1) * REQUESTS);
        return tryAll(field, to, own, objects, `${index}-${at}`);
      });
      tried.push(...(await Promise.all(each)).flat());
    }
    const wrong = tried.filter(({ decision, saw }) => expected(decision) !== saw);
    const denied = tried.filter(({ saw }) => saw === 'denied');
    const sets = ROUNDS * namespaces.length;
    report(`${tried.length - wrong.length} of ${tried.length} decisions alike (${sets} sets)`);
    report(`${denied.length} denied, ${tried.filter(({ saw }) => saw === '401').length} 401`);
    expect(wrong.slice(0, 5).map(told)).toEqual([]);
    const named = ({ sent: { protocol }, decision }: Tried): boolean =>
      protocol === 'http' && !refusedByProvider(decision);
    await compareRules(denied.filter(named));
  },
  ROUNDS_MS,
);

async function compareRules(denied: readonly Tried[]): Promise<void> {
  const differing: object[] = [];
  for (const to of field.destinations) {
    const own = denied.filter((each) => each.to === to);
    const last = own.at(-1)?.id ?? '';
    const named = await until('the access log', async () => {
      const all = await rulesNamed(to);
      return all.has(last) || last === '' ? all : undefined;
    });
    for (const each of own) {
      const { outcome } = each.decision;
      const ours = outcome.is === 'denied' ? detailsOf(outcome.by) : undefined;
      const envoys = named.get(each.id);
      if (JSON.stringify(ours) !== JSON.stringify(envoys)) {
        differing.push({ envoys, ...told(each) });
      }
    }
  }
  report(`${denied.length - differing.length} of ${denied.length} rules named alike`);
  expect(differing.slice(0, 5)).toEqual([]);
}

function report(line: string): void {
  process.stdout.write(`  ${line}\n`);
}
