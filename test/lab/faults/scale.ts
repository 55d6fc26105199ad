import { targetOf } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep, until } from '../sh.ts';

const NAMESPACES = 50;
const PODS_EACH = 100;
const LABEL = 'lab.meshdoc.dev/scale';

function objects(): object[] {
  const names = Array.from({ length: NAMESPACES }, (_, i) => `scale-${i}`);
  return names.flatMap((namespace) => [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { [LABEL]: 'true' } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'idle', namespace },
      spec: {
        replicas: PODS_EACH,
        selector: { matchLabels: { app: 'idle' } },
        template: {
          metadata: { labels: { app: 'idle' } },
          spec: { containers: [{ name: 'app', image: 'lab/app:1' }] },
        },
      },
    },
  ]);
}

type Deployments = { items: { status: { readyReplicas?: number } }[] };

export default {
  name: 'scale',
  does: `${NAMESPACES * PODS_EACH} idle pods in ${NAMESPACES} namespaces.`,
  async break(lab) {
    await lab.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }));
    await until(
      'all pods to be ready',
      async () => {
        const text = await lab.kubectl('get', 'deployments', '-A', '-o', 'json');
        const { items } = JSON.parse(text) as Deployments;
        const ready = items.reduce((sum, { status }) => sum + (status.readyReplicas ?? 0), 0);
        if (ready < NAMESPACES * PODS_EACH) throw new Error(`${ready} ready`);
        return true;
      },
      300_000,
      2000,
    );
    return { target: targetOf(await lab.pod('web')), pods: String(NAMESPACES * PODS_EACH) };
  },
  async mend(lab) {
    await lab.kubectl('delete', 'namespace', '-l', `${LABEL}=true`, '--timeout=300s');
    await sleep(1000);
  },
} satisfies Fault;
