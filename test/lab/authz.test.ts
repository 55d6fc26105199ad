// The evaluator against real proxies: generated policies, applied to the API server, and generated requests,
// sent through real sidecars. What Envoy answers is right.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/core/object.ts';
import { peerMode } from '../../src/model/istio/authz/peer-mode.ts';
import { policies, root, sent } from '../model/istio/authz/arbitrary.ts';
import {
  clearField,
  makeField,
  namespaces,
  ports,
  type Destination,
  type Field,
} from './authz/field.ts';
import { authorizers, changeMeshConfig, setMeshConfig } from './authz/mesh-config.ts';
import { paste, plan, policiesNow, undo } from './authz/paste.ts';
import { createPeers, modeInProxy, somePeers, triedPorts } from './authz/peers.ts';
import { forget, inForce, remark } from './authz/rounds.ts';
import { send } from './authz/send.ts';
import {
  detailsOf,
  expected,
  refusedByProvider,
  rulesNamed,
  sceneAt,
  told,
  tryAll,
  type Tried,
} from './authz/try.ts';
import { lab, type Lab } from './lab.ts';
import { BUILD_MS } from './meshdoc.ts';
import { until } from './sh.ts';
import { taken } from './turns.ts';

const ROUNDS_MS = 15 * 60_000;
/** Another seed finds other things; this many rounds take about a minute. */
const SEED = Number(process.env.MESHDOC_AUTHZ_SEED ?? 2026);
const ROUNDS = Number(process.env.MESHDOC_AUTHZ_ROUNDS ?? 55);
const PEER_ROUNDS = Number(process.env.MESHDOC_PEER_ROUNDS ?? 13);
const REPAIR_ROUNDS = 8;
const REQUESTS = 8;

let mesh: Lab;
let field: Field;
let meshConfig: string | undefined;

beforeAll(async () => {
  mesh = await lab();
  await mesh.mend();
  meshConfig = await changeMeshConfig(mesh);
  field = await makeField(mesh);
  await mesh.apply(authorizers);
}, BUILD_MS);

afterAll(async () => {
  await forget(mesh);
  await clearField(mesh, field);
  await mesh.kubectl('-n', 'plain', 'delete', 'service', 'yea', '--ignore-not-found');
  if (meshConfig !== undefined) await setMeshConfig(mesh, meshConfig);
}, 60_000);

const count = namespaces.length * REQUESTS;
const names = ['yea', 'yea', 'yea', 'nay', 'grpc', 'log', 'missing'];
const round = fc.record({
  ofRoot: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: policies(root, { minLength: 1, maxLength: 1 }, names) },
  ),
  ofNamespaces: fc.tuple(
    ...namespaces.map((namespace) => policies(namespace, { minLength: 1, maxLength: 3 }, names)),
  ),
  sent: fc.array(sent, { minLength: count, maxLength: count }),
});

test(
  'Envoy and the evaluator decide alike, and name the same rule',
  async () => {
    const tried: Tried[] = [];
    const rounds = roundsInTurn('decisions', fc.sample(round, { seed: SEED, numRuns: ROUNDS }));
    for (const [index, { ofRoot, ofNamespaces, sent: all }] of rounds) {
      const objects = [...ofRoot, ...ofNamespaces.flat()];
      await inForce(mesh, `decide-${index}`, objects, field.destinations);
      const each = field.destinations.map((to, at) => {
        const own = all.slice(at * REQUESTS, (at + 1) * REQUESTS);
        return tryAll(field, to, own, objects, `${index}-${at}`);
      });
      tried.push(...(await Promise.all(each)).flat());
    }
    const wrong = tried.filter(({ decision, saw }) => expected(decision) !== saw);
    const denied = tried.filter(({ saw }) => saw === 'denied');
    const sets = rounds.length * namespaces.length;
    report(`${tried.length - wrong.length} of ${tried.length} decisions alike (${sets} sets)`);
    report(`${denied.length} denied, ${tried.filter(({ saw }) => saw === '401').length} 401`);
    expect(wrong.slice(0, 5).map(told)).toEqual([]);
    const named = ({ sent: { protocol }, decision }: Tried): boolean =>
      protocol === 'http' && !refusedByProvider(decision);
    await compareRules(denied.filter(named));
  },
  ROUNDS_MS,
);

test(
  'a proxy takes mTLS and plaintext as the evaluator says',
  async () => {
    const wrong: object[] = [];
    const rounds = roundsInTurn(
      'modes',
      fc.sample(somePeers, { seed: SEED, numRuns: PEER_ROUNDS }),
    );
    for (const [index, peers] of rounds) {
      await forget(mesh);
      const made = await createPeers(mesh, peers);
      await remark(mesh, `peer-${index}`, field.destinations);
      for (const to of field.destinations) wrong.push(...(await comparePeers(to, made)));
    }
    const count_ = rounds.length * namespaces.length * triedPorts.length;
    report(`${count_ - wrong.length} of ${count_} modes alike`);
    expect(wrong.slice(0, 5)).toEqual([]);
  },
  ROUNDS_MS,
);

/** A third of the rounds, with their places among all: they are what names a round on the lab. */
function roundsInTurn<T>(what: string, all: readonly T[]): readonly (readonly [number, T])[] {
  return taken(`rounds of ${what}`, [...all.entries()], Math.ceil(all.length / 3));
}

async function comparePeers(
  to: Destination,
  peerAuthentications: readonly KubeObject[],
): Promise<readonly object[]> {
  const wrong: object[] = [];
  for (const port of triedPorts) {
    const ours = peerMode({ ...sceneAt(to, []), peerAuthentications }, port);
    // istiod sees policies of another kind than the mark's in a time of its own.
    const agrees = async (): Promise<boolean> => (await modeInProxy(to, port)) === ours.mode;
    const agreed = await until('the mode', agrees, 3000, 100).catch(() => false);
    if (!agreed) wrong.push({ to: to.namespace, port, ours, proxy: await modeInProxy(to, port) });
  }
  const plain = peerMode({ ...sceneAt(to, []), peerAuthentications }, ports.http.container);
  const { status } = await field.callers.legacy.hands.http({
    host: to.clusterIp,
    port: ports.http.service,
    headers: { host: `dest.${to.namespace}` },
  });
  if ((status === 200) === (plain.mode === 'STRICT')) {
    wrong.push({ to: to.namespace, plaintext: status ?? 'refused', ours: plain });
  }
  return wrong.map((one) => ({ ...one, peerAuthentications }));
}

test(
  'a repair, pasted, lets the request in, and its undo refuses it again',
  async () => {
    const rounds = roundsInTurn(
      'repairs',
      fc.sample(round, { seed: SEED + 1, numRuns: REPAIR_ROUNDS }),
    );
    const wrong: object[] = [];
    let pasted = 0;
    for (const [index, { ofNamespaces, sent: all }] of rounds) {
      await inForce(mesh, `repair-${index}`, ofNamespaces.flat(), field.destinations);
      const stands = await policiesNow();
      const plans = field.destinations.flatMap((to) => plan(field, to, all, stands).slice(0, 1));
      pasted += plans.length;
      const steps = [
        ['before', 'denied'],
        ['after', 'allowed'],
        ['undone', 'denied'],
      ] as const;
      for (const [step, wanted] of steps) {
        if (step === 'after') for (const one of plans) await paste(mesh, one);
        if (step === 'undone') for (const one of plans) await undo(mesh, one);
        await remark(mesh, `repair-${index}-${step}`, field.destinations);
        for (const one of plans) {
          const saw = await send(field, one.to, one.sent, `repair-${index}`);
          if (saw !== wanted) wrong.push({ step, saw, ...one, to: one.to.namespace, stands });
        }
      }
    }
    report(`${pasted} repairs pasted and undone, ${wrong.length} without effect`);
    expect(pasted).toBeGreaterThan(rounds.length);
    expect(wrong.slice(0, 3)).toEqual([]);
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
