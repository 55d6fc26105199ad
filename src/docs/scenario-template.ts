// The scenarios that `npm run new-runbook` writes for the example of runbook-template.ts: one healthy, one denied a
// question, one for its finding, and one in which triage chooses the runbook. Written by hand, so `complete: true`.
import { parse, stringify } from 'yaml';

type Scene = {
  readonly runbook: string;
  readonly target: string;
  readonly phase: 'Running' | 'Pending';
  readonly exit: number;
  readonly first: string | null;
  readonly about: string;
  /** More of scenario.yaml, as YAML. */
  readonly more?: string;
};

const pod = 'web-6d5f8c7b9-aa111';

/** scenario.yaml and cluster.yaml of each, by path under test/scenarios. */
export function scenarioFiles(mesh: string, id: string): Readonly<Record<string, string>> {
  const found = `${id}/not-running`;
  const down = { runbook: id, phase: 'Pending', exit: 3, first: found } as const;
  const scenes: Readonly<Record<string, Scene>> = {
    [`${id}/healthy`]: {
      ...{ runbook: id, phase: 'Running', exit: 0, first: null },
      target: `shop/${pod}`,
      about: 'a pod that runs',
    },
    [`${id}/not-running`]: {
      ...down,
      target: 'deploy/web.shop',
      about: 'a pod whose image cannot be pulled',
    },
    [`${id}/denied`]: {
      ...down,
      target: `shop/${pod}`,
      about: 'a pod that does not run, and a person who may not read events',
      more: `replies:
  - question: list events -n shop --field-selector involvedObject.name=${pod}
    why: forbidden
    detail: may not list events in shop
`,
    },
    [`triage/${id}-fits`]: {
      ...down,
      runbook: 'triage',
      first: found,
      target: `shop/${pod}`,
      about: 'a pod that does not run, and a person who knows no runbook',
      more: `runbooks: [${id}]\n`,
    },
  };
  return Object.fromEntries(
    Object.entries(scenes).flatMap(([name, scene]) => [
      [`${name}/scenario.yaml`, scenarioText(scene)],
      [`${name}/cluster.yaml`, clusterText(mesh, scene)],
    ]),
  );
}

function scenarioText({ runbook, target, exit, first, about, more = '' }: Scene): string {
  return `# Written by hand: ${about}.
meshdoc: 1
runbook: ${runbook}
input:
  target: ${target}
now: 2026-01-01T01:00:00Z
context: example
namespace: default
server: v1.36.3
complete: true
${more}expect:
  exit: ${exit}
  first: ${first}
`;
}

const labels = 'app: web';

function clusterText(mesh: string, { phase }: Scene): string {
  const all = [deploymentText(), podText(mesh, phase), ...(phase === 'Running' ? [] : [eventText])];
  // Read and written again, so that a mistake here shows here.
  return all.map((text) => stringify(parse(text), { lineWidth: 0 })).join('---\n');
}

function deploymentText(): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { ${labels} } }
  template:
    metadata: { labels: { ${labels} } }
    spec: { containers: [{ name: app, image: 'example.org/app:1' }] }
`;
}

function podText(mesh: string, phase: Scene['phase']): string {
  const up = phase === 'Running';
  const proxy = `${mesh}-proxy`;
  const state = up
    ? "running: { startedAt: '2026-01-01T00:00:10Z' }"
    : 'waiting: { reason: ImagePullBackOff }';
  const status = (name: string) =>
    `{ name: ${name}, ready: ${up}, restartCount: 0, state: { ${state} } }`;
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${pod}
  namespace: shop
  creationTimestamp: '2026-01-01T00:00:00Z'
  labels: { ${labels}, pod-template-hash: 6d5f8c7b9 }
  ownerReferences:
    - { apiVersion: apps/v1, kind: ReplicaSet, name: web-6d5f8c7b9, uid: web-6d5f8c7b9, controller: true }
spec:
  nodeName: node-1
  containers:
    - { name: app, image: 'example.org/app:1' }
    - { name: ${proxy}, image: 'example.org/proxy:1' }
status:
  phase: ${phase}
  podIP: 10.0.0.1
  conditions:
    - { type: Ready, status: '${up ? 'True' : 'False'}' }
  containerStatuses:
    - ${status('app')}
    - ${status(proxy)}
`;
}

const eventText = `apiVersion: v1
kind: Event
metadata: { name: ${pod}.1, namespace: shop }
type: Warning
reason: Failed
message: Failed to pull image "example.org/app:1"
count: 4
firstTimestamp: '2026-01-01T00:00:10Z'
lastTimestamp: '2026-01-01T00:50:00Z'
involvedObject: { apiVersion: v1, kind: Pod, name: ${pod}, namespace: shop }
`;
