/**
 * The metrics API, answered from the resident memory of what really runs. It listens in every lab and nobody
 * hears of it until `metrics-kit.ts` registers it with the API server. CPU is not measured.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { RealContainer } from './container.ts';
import { memoryByGroup } from './memory.ts';
import { HOST_IP } from './paths.ts';
import { pki } from './pki.ts';
import type { RealPod } from './pod.ts';

export const METRICS_PORT = 4443;
const GROUP = 'metrics.k8s.io/v1beta1';
const MIB = 1024 * 1024;

const resources = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: GROUP,
  resources: [
    {
      name: 'pods',
      singularName: '',
      namespaced: true,
      kind: 'PodMetrics',
      verbs: ['get', 'list'],
    },
  ],
};

type Groups = ReadonlyMap<number, number>;

function containerMetrics(container: RealContainer, groups: Groups): object[] {
  const bytes = container.group === undefined ? undefined : groups.get(container.group);
  if (bytes === undefined) return [];
  const memory = `${Math.max(1, Math.round(bytes / MIB))}Mi`;
  return [{ name: container.spec.name, usage: { cpu: '0', memory } }];
}

function podMetrics({ pod, containers }: RealPod, groups: Groups): object {
  const { name, namespace, labels } = pod.metadata;
  return {
    kind: 'PodMetrics',
    apiVersion: GROUP,
    metadata: { name, namespace, labels },
    timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
    window: '10s',
    containers: containers.flatMap((container) => containerMetrics(container, groups)),
  };
}

const notFound = (name: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  code: 404,
  message: `podmetrics.metrics.k8s.io "${name}" not found`,
});

async function answer(path: string, pods: readonly RealPod[]): Promise<[number, object]> {
  const base = `/apis/${GROUP}`;
  if (path === base) return [200, resources];
  const found = new RegExp(`^${base}/(?:namespaces/([^/]+)/)?pods(?:/([^/]+))?$`).exec(path);
  if (!found) return [404, notFound(path)];
  const [, namespace, name] = found;
  const groups = await memoryByGroup();
  const items = pods
    .filter(({ pod }) => namespace === undefined || pod.metadata.namespace === namespace)
    .filter(({ pod }) => name === undefined || pod.metadata.name === name)
    .map((pod) => podMetrics(pod, groups));
  if (name === undefined)
    return [200, { kind: 'PodMetricsList', apiVersion: GROUP, metadata: {}, items }];
  return items[0] ? [200, items[0]] : [404, notFound(name)];
}

/** Serves until the lab ends. */
export async function serveMetrics(pods: () => readonly RealPod[]): Promise<void> {
  const [cert, key] = await Promise.all([readFile(pki.cert), readFile(pki.key)]);
  const server = createServer({ cert, key }, (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    void answer(path, pods()).then(([code, body]) => {
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(METRICS_PORT, HOST_IP, resolve);
  });
}
