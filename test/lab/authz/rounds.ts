// Puts one set of policies after another in force and knows when every proxy has it.
import type { KubeObject } from '../../../src/core/object.ts';
import type { Lab } from '../lab.ts';
import { sleep, until } from '../sh.ts';
import { inboundHas, type Destination } from './field.ts';

const LABEL = 'lab.meshdoc.dev/round';
/** Envoy's workers take a listener a moment after its admin page shows it. */
const WORKERS_MS = 60;

/** Deletes what the last round made, makes this, and waits until every destination has it. */
export async function inForce(
  mesh: Lab,
  round: string,
  objects: readonly KubeObject[],
  destinations: readonly Destination[],
): Promise<void> {
  // istiod sees changes of a kind in their order, so who has the marks has all before them.
  const marks = destinations.map(({ namespace }) => mark(namespace, round));
  await forget(mesh);
  await create(mesh, [...objects, ...marks]);
  await untilMarked(round, destinations);
}

/** Marks what stands now as another round. */
export async function remark(
  mesh: Lab,
  round: string,
  destinations: readonly Destination[],
): Promise<void> {
  const marks = destinations.map(({ namespace }) => mark(namespace, round));
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: marks });
  const apply = ['kubectl', 'apply', '--server-side', '--force-conflicts', '-f', '-'];
  const done = await mesh.run(apply, { stdin });
  if (done.code !== 0) throw new Error(done.stderr);
  await untilMarked(round, destinations);
}

async function untilMarked(round: string, destinations: readonly Destination[]): Promise<void> {
  await Promise.all(
    destinations.map(({ hands, namespace }) =>
      until(
        `round ${round} in ${namespace}`,
        () => inboundHas(hands, `/mark-${round}-end`),
        15_000,
        40,
      ),
    ),
  );
  await sleep(WORKERS_MS);
}

export async function forget(mesh: Lab): Promise<void> {
  // Linkerd has an AuthorizationPolicy too, and kubectl would take that one.
  const kinds = ['authorizationpolicies', 'peerauthentications'].map(
    (k) => `${k}.security.istio.io`,
  );
  const made = [kinds.join(','), '-A', '-l', LABEL];
  await mesh.kubectl('delete', ...made);
}

export async function create(mesh: Lab, objects: readonly KubeObject[]): Promise<void> {
  const items = objects.map((object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { [LABEL]: 'true' } },
  }));
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const done = await mesh.run(['kubectl', 'create', '-f', '-'], { stdin });
  if (done.code !== 0) throw new Error(`${done.stderr}\n${stdin}`);
}

/** It only logs, and matches no path that is sent. */
function mark(namespace: string, round: string): KubeObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'mark', namespace, labels: { [LABEL]: 'true' } },
    spec: {
      action: 'AUDIT',
      rules: [{ to: [{ operation: { paths: [`/mark-${round}-end`] } }] }],
    },
  };
}
