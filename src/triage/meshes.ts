// The meshes in a list of pods: control planes with their versions, and how many pods each has.
import { imageVersion } from '../model/istio/version.ts';
import type { Pod } from '../facts/kube/pod.ts';
import { linkerdRole, proxyContainer, proxyVersion } from '../model/linkerd/mesh-pod.ts';
import { membersOf, meshes, meshName, type Mesh } from '../facts/mesh/membership.ts';

export type MeshSeen = {
  readonly mesh: Mesh;
  readonly name: string;
  /** Of the control plane, else of its proxies; empty when no image says. */
  readonly versions: readonly string[];
  /** Pods of the control plane: ready, and all. */
  readonly ready: number;
  readonly control: number;
  /** Pods in the mesh, without its control plane. */
  readonly members: number;
};

export function meshesSeen(pods: readonly Pod[]): readonly MeshSeen[] {
  return meshes.flatMap((mesh) => {
    const mine = pods.filter((pod) => membersOf(pod).some((member) => member.mesh === mesh));
    const control = mine.filter((pod) => isControl(pod, mesh));
    if (mine.length === 0) return [];
    const told = (control.length > 0 ? control : mine).flatMap((pod) => versionOf(pod, mesh) ?? []);
    return [
      {
        mesh,
        name: meshName[mesh],
        versions: [...new Set(told)].sort(),
        ready: control.filter(({ ready, deleting }) => ready && !deleting).length,
        control: control.length,
        members: mine.length - control.length,
      },
    ];
  });
}

function isControl(pod: Pod, mesh: Mesh): boolean {
  if (mesh === 'istio') return pod.labels['app'] === 'istiod';
  return mesh === 'linkerd' && linkerdRole(pod).is === 'control-plane';
}

function versionOf(pod: Pod, mesh: Mesh): string | undefined {
  if (mesh === 'linkerd') {
    return pod.containers.some(({ name }) => name === proxyContainer)
      ? proxyVersion(pod)
      : undefined;
  }
  if (mesh !== 'istio') return undefined;
  const names = ['discovery', 'istio-proxy'];
  const image = pod.containers.find(({ name }) => names.includes(name))?.image;
  return image === undefined ? undefined : imageVersion(image);
}
