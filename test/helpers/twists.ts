// Ways in which a world can be worse than its recording. Each is put between the replay and the guard.
import { answered, failed } from '../../src/core/ports.ts';
import { questionText, type Listed, type Question } from '../../src/core/question.ts';
import type { JsonObject, KubeObject } from '../../src/core/object.ts';
import type { Ask, Reply } from '../../src/core/ports.ts';
import type { RawAsk } from '../../src/guard/raw.ts';
import type { Case } from '../../src/snapshot/case.ts';

type Twisted = (ask: RawAsk) => RawAsk;

/** Nobody may ask this. */
export function denied(key: string): Twisted {
  return (ask) => (question, signal) =>
    questionText(question) === key
      ? Promise.resolve(failed('forbidden', 'may not'))
      : ask(question, signal);
}

/** No answer ever comes. A good adapter says so when its signal aborts; a bad one hangs. */
export function silent(isSilent: (key: string) => boolean, signals: 'obeyed' | 'ignored'): Twisted {
  return (ask) => (question, signal) => {
    if (!isSilent(questionText(question))) return ask(question, signal);
    return new Promise((resolve) => {
      if (signals === 'ignored') return;
      const end = (): void => {
        resolve(failed('timed-out', 'no answer in time'));
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  };
}

/** Every answer comes after another number of turns of the event loop. */
export function shuffled(seed: number): (ask: Ask) => Ask {
  const random = randomFrom(seed);
  return (ask) => async (question, signal) => {
    for (let turns = Math.floor(random() * 12); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
    return ask(question, signal);
  };
}

/** Mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** At most `most` of them, spread over all, the same ones every time. */
export function sample<T>(all: readonly T[], most: number, from = 0): readonly T[] {
  const stride = all.length / most;
  const nth = (i: number) => all[(Math.floor(i * stride) + from) % all.length] as T;
  return all.length <= most ? all : Array.from({ length: most }, (_, i) => nth(i));
}

/** What a proxy in between, a cut connection or a changed tool may put in place of an answer. */
export const garbage: Readonly<Record<string, (body: string) => string>> = {
  'its first half': (body) => body.slice(0, Math.floor(body.length / 2)),
  'a page of HTML': () => '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>',
  nothing: () => '',
  '{}': () => '{}',
  '[]': () => '[]',
  null: () => 'null',
  'a string': () => '"ok"',
};

export function withBody(saved: Case, index: number, change: (body: string) => string): Case {
  const answers = saved.answers.map((answer, i) =>
    i === index ? { ...answer, body: change(answer.body) } : answer,
  );
  return { ...saved, answers };
}

/** One kind of object loses its shape. */
export function withOddObjects(saved: Case, kind: string): Case {
  const odd = (object: KubeObject): KubeObject =>
    object.kind === kind ? { ...object, spec: 'odd', status: 'odd' } : object;
  return { ...saved, objects: saved.objects.map(odd) };
}

type Lie = (ask: Ask) => Ask;

/** One question is answered otherwise. Outside the guard: a lie is as long as the truth, and holds no other secret. */
export function answering(key: string, change: (reply: Reply<Listed>) => Reply<Listed>): Lie {
  return (ask) => async (question, signal) => {
    const reply = await ask(question, signal);
    return questionText(question) === key
      ? (change(reply as Reply<Listed>) as typeof reply)
      : reply;
  };
}

/** Only these may be asked. */
export function allowing(may: (question: Question) => boolean): Lie {
  return (ask) => (question, signal) =>
    may(question) ? ask(question, signal) : Promise.resolve(failed('forbidden', 'may not'));
}

const items =
  (change: (all: readonly KubeObject[]) => readonly KubeObject[]) =>
  (reply: Reply<Listed>): Reply<Listed> =>
    reply.ok ? answered({ ...reply.value, items: change(reply.value.items) }) : reply;

/** What a server, a proxy in between or a cut connection may answer a list with, and that can be told from an answer. */
export const badLists: Readonly<Record<string, (reply: Reply<Listed>) => Reply<Listed>>> = {
  'a 404': () => failed('absent', 'the server could not find the requested resource'),
  'a failed later page': () => failed('server-error', 'etcd leader changed'),
  'its first page': (reply) => {
    const all = reply.ok ? reply.value.items : [];
    return answered({ items: all.slice(0, Math.floor(all.length / 2)), more: true });
  },
  'another kind': items((all) =>
    (all.length > 0 ? all : [nobody]).map((one) => ({ ...one, kind: 'Other' })),
  ),
  'other namespaces': items((all) =>
    (all.length > 0 ? all : [nobody]).map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, namespace: 'elsewhere' },
    })),
  ),
};
const nobody: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nobody' } };

/** What nobody can tell from the truth: no finding is made of it that the whole picture denies. */
export const shortLists: typeof badLists = {
  'an empty list': items(() => []),
  'a list without its first': items((all) => all.slice(1)),
  'a list without its last': items((all) => all.slice(0, -1)),
};

type PodStatus = {
  readonly phase?: string;
  readonly conditions?: readonly JsonObject[];
  readonly containerStatuses?: readonly JsonObject[];
};

/** One pod, while it runs: what has ended is neither well nor unwell. */
function withPod(
  saved: Case,
  pod: string,
  change: (object: KubeObject, status: PodStatus) => KubeObject,
): Case {
  const changed = (object: KubeObject): KubeObject => {
    const { namespace = '', name } = object.metadata;
    if (object.kind !== 'Pod' || `${namespace}/${name}` !== pod) return object;
    const status = (object.status ?? {}) as PodStatus;
    return status.phase === 'Running' ? change(object, status) : object;
  };
  return { ...saved, objects: saved.objects.map(changed) };
}

/** One pod whose last container waits for this reason. */
function waitingFor(reason: string, message: string) {
  const state = { waiting: { reason, message } };
  return (saved: Case, pod: string): Case =>
    withPod(saved, pod, (object, status) => {
      const all = status.containerStatuses ?? [];
      const statuses = all.map((one, i) =>
        i === all.length - 1 ? { ...one, ready: false, started: false, state } : one,
      );
      return { ...object, status: { ...status, containerStatuses: statuses } };
    });
}

/** One pod whose last container crashes again and again. */
export const withCrashing = waitingFor('CrashLoopBackOff', 'back-off 5m0s');
/** Its image cannot be pulled (kubernetes pkg/kubelet/images/types.go). */
export const withoutImage = waitingFor('ImagePullBackOff', 'Back-off pulling image "shop/web:2"');

/** One pod that is up and takes no requests: a gate of its own, or a node that nobody hears of. */
export function withUnready(saved: Case, pod: string): Case {
  return withPod(saved, pod, (object, status) => {
    const conditions = (status.conditions ?? []).map((one) =>
      one['type'] === 'Ready' ? { ...one, status: 'False' } : one,
    );
    return { ...object, status: { ...status, conditions } };
  });
}

/** One pod that no node takes. */
export function withUnscheduled(saved: Case, pod: string): Case {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: '0/3 nodes are available: 3 Insufficient cpu.',
  };
  return withPod(saved, pod, (object) => {
    const { nodeName: _, ...spec } = (object['spec'] ?? {}) as JsonObject;
    return { ...object, spec, status: { phase: 'Pending', conditions: [condition] } };
  });
}

/** One pod that was deleted long ago and is still there. */
export function withDeleted(saved: Case, pod: string): Case {
  return withPod(saved, pod, (object) => {
    const { creationTimestamp } = object.metadata;
    const metadata = { ...object.metadata, deletionTimestamp: creationTimestamp };
    return { ...object, metadata } as KubeObject;
  });
}

/** The kubelet cannot set up its network, and says so in events only (kubernetes pkg/kubelet/events/event.go). */
export function withoutNetwork(saved: Case, pod: string): Case {
  const [namespace = '', name = ''] = pod.split('/');
  const state = { waiting: { reason: 'ContainerCreating' } };
  const changed = withPod(saved, pod, (object, status) => {
    const wait = (one: JsonObject) => ({ ...one, ready: false, started: false, state });
    const containerStatuses = (status.containerStatuses ?? []).map(wait);
    const conditions = (status.conditions ?? []).map((one) =>
      one['type'] === 'PodScheduled' ? one : { ...one, status: 'False' },
    );
    return { ...object, status: { phase: 'Pending', conditions, containerStatuses } };
  });
  const event: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.17`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace },
    type: 'Warning',
    reason: 'FailedCreatePodSandBox',
    message: 'Failed to create pod sandbox: plugin type="linkerd-cni" failed (add)',
    source: { component: 'kubelet' },
    firstTimestamp: saved.file.now,
    lastTimestamp: saved.file.now,
    count: 3,
  };
  const isChanged = changed.objects.some((object, i) => object !== saved.objects[i]);
  return isChanged ? { ...changed, objects: [...changed.objects, event] } : saved;
}

/** Nothing of a mesh's control plane is ready, as its Deployments say it. */
export function withoutControlPlane(saved: Case): Case {
  const down = (object: KubeObject): KubeObject =>
    object.kind === 'Deployment' && isPlane(object)
      ? { ...object, status: { ...(object.status as JsonObject | undefined), readyReplicas: 0 } }
      : object;
  return { ...saved, objects: saved.objects.map(down) };
}

/** The same, and why: somebody scaled it to 0. */
export function withPlaneScaledDown(saved: Case): Case {
  const left = saved.objects.filter((object) => !(object.kind === 'Pod' && isPlane(object)));
  const scaled = (object: KubeObject): KubeObject =>
    object.kind === 'Deployment' && isPlane(object)
      ? { ...object, spec: { ...(object.spec as JsonObject | undefined), replicas: 0 }, status: {} }
      : object;
  return { ...saved, objects: left.map(scaled) };
}

function isPlane({ metadata: { labels = {} } }: KubeObject): boolean {
  return labels['app'] === 'istiod' || 'linkerd.io/control-plane-component' in labels;
}
