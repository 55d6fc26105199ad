import { targetOf, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import type { Lab } from '../lab.ts';

const SERVICES = 1500;

/** Without selectors: their endpoints are given, so no pods are needed. */
function objects(): object[] {
  const names = Array.from({ length: SERVICES }, (_, i) => `svc-${String(i).padStart(4, '0')}`);
  return names.flatMap((name, i) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'big' },
      spec: { ports: [{ name: 'http', port: 8000 + (i % 40) }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace: 'big', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [1, 2, 3].map((n) => ({
        addresses: [`10.245.${Math.floor(i / 60)}.${((i * 4) % 240) + n}`],
        conditions: { ready: true },
      })),
    },
  ]);
}

/** kubectl creates one after another; several of them do not wait for each other. */
async function create(lab: Lab, items: readonly object[]): Promise<void> {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const done = await lab.run(['kubectl', 'create', '-f', '-', '-o', 'name'], { stdin });
  if (done.code !== 0) throw new Error(done.stderr.slice(0, 1000));
}

export default {
  name: 'big-config',
  does: `${SERVICES} Services with endpoints and no Sidecar scope: every proxy is sent all of them.`,
  async break(lab) {
    await lab.kubectl('create', 'namespace', 'big').catch(() => undefined);
    await Promise.all(
      [0, 1, 2, 3].map((hand) =>
        create(
          lab,
          objects().filter((_, i) => i % 4 === hand),
        ),
      ),
    );
    const pod = await lab.pod('web');
    await untilStates(pod, 'synced', ([states = {}]) =>
      Object.values(states).every((state) => state === 'SYNCED'),
    );
    return { target: targetOf(pod), services: String(SERVICES) };
  },
  async mend(lab) {
    await lab.kubectl('delete', 'namespace', 'big', '--ignore-not-found');
  },
} satisfies Fault;
