// The meshes in a list of pods: control planes with their versions, and how many pods each has.
import type { Pod } from '../facts/kube/pod.ts';
import { meshName, signs } from '../meshes/signs.ts';

export type MeshSeen = {
  readonly mesh: string;
  readonly name: string;
  /** Of the control plane, else of its proxies; empty when no image names one. */
  readonly versions: readonly string[];
  /** Pods of the control plane: ready, and all. */
  readonly ready: number;
  readonly control: number;
  /** Pods in the mesh, without its control plane. */
  readonly members: number;
};

export function meshesSeen(pods: readonly Pod[]): readonly MeshSeen[] {
  return signs.flatMap(({ id, member, isControl, version }) => {
    const mine = pods.filter((pod) => member(pod) !== undefined);
    const control = mine.filter(isControl);
    if (mine.length === 0) return [];
    const told = (control.length > 0 ? control : mine).flatMap((pod) => version(pod) ?? []);
    return [
      {
        mesh: id,
        name: meshName(id),
        versions: [...new Set(told)].sort(),
        ready: control.filter(({ ready, deleting }) => ready && !deleting).length,
        control: control.length,
        members: mine.length - control.length,
      },
    ];
  });
}
