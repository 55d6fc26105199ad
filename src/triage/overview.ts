// What is seen before the first question: meshes and their versions, and what is unhealthy now. Pure: made from listed
// objects, or from those of a saved case.
import type { Gap } from '../core/answer.ts';
import type { KubeObject } from '../core/object.ts';
import { readEvents, type Event } from '../facts/kube/events.ts';
import { readPod, type Pod } from '../facts/kube/pod.ts';
import { time } from '../model/kube/read.ts';
import { meshesSeen, type MeshSeen } from './meshes.ts';
import { placesOf, type Places } from './places.ts';
import { troubleOf, troubles, type Ailing, type Around } from './trouble.ts';

/** What came back, by kind; what did not is in `gaps`. */
export type Seen = {
  readonly pods: readonly KubeObject[];
  readonly namespaces: readonly KubeObject[];
  /** Of type Warning. */
  readonly warnings: readonly KubeObject[];
  /** Why these are not all pods: a limit, or only one namespace. */
  readonly partly: string | undefined;
  readonly kubernetes: string | undefined;
  /** The user that the server sees; known from Kubernetes 1.28 on. */
  readonly user: string | undefined;
  readonly gaps: readonly Gap[];
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type Overview = {
  readonly pods: number;
  readonly namespaces: number;
  readonly meshes: readonly MeshSeen[];
  readonly ailing: readonly Ailing[];
  /** Of the last minutes, newest first, each sentence once. */
  readonly warnings: readonly Event[];
  readonly places: Places;
  readonly kubernetes: string | undefined;
  readonly user: string | undefined;
  readonly partly: string | undefined;
  readonly gaps: readonly Gap[];
};

const minutesMs = 10 * 60_000;

export function overviewOf(seen: Seen): Overview {
  const pods = seen.pods.map(readPod);
  const around = new Map(seen.namespaces.map((n) => [n.metadata.name, aroundOf(n)]));
  const ailing = ailingOf(pods, around, seen.now);
  const names = [...new Set([...around.keys(), ...pods.map(({ ref }) => ref.namespace)])].sort();
  return {
    pods: pods.length,
    namespaces: names.length,
    meshes: meshesSeen(pods),
    ailing,
    warnings: recent(seen),
    places: placesOf(pods, names, ailing),
    kubernetes: seen.kubernetes,
    user: seen.user,
    partly: seen.partly,
    gaps: seen.gaps,
  };
}

function aroundOf({ metadata: { labels = {}, annotations = {} } }: KubeObject): Around {
  return { labels, annotations };
}

function ailingOf(
  pods: readonly Pod[],
  around: ReadonlyMap<string, Around>,
  now: number,
): readonly Ailing[] {
  const groups = new Map<string, Ailing>();
  for (const pod of pods) {
    const trouble = troubleOf(pod, around.get(pod.ref.namespace), now);
    if (!trouble) continue;
    const name = `${pod.ref.namespace}/${pod.workload?.name ?? pod.ref.name}`;
    const key = `${name} ${trouble.is}`;
    const before = groups.get(key);
    groups.set(key, { name, trouble, pods: [...(before?.pods ?? []), pod.ref] });
  }
  const rank = ({ trouble }: Ailing) => troubles.indexOf(trouble.is);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || b.pods.length - a.pods.length);
}

function recent({ warnings, now }: Seen): readonly Event[] {
  const said = new Set<string>();
  return readEvents(warnings).filter((event) => {
    const at = time(event.last);
    const key = `${event.reason} ${event.message}`;
    const isNews = at !== undefined && now - at < minutesMs && !said.has(key);
    return isNews && said.add(key);
  });
}
