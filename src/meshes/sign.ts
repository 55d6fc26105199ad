// How pods show a mesh: code, apart from its record, so that help and completion load none of it.
import type { Pod } from '../facts/kube/pod.ts';
import type { Labels } from '../model/kube/labels.ts';

/** Labels and annotations of a namespace. */
export type Around = { readonly labels: Labels; readonly annotations: Labels };

export type Sign = {
  /** Of the record. */
  readonly id: string;
  /** What of the mesh the pod is: "a native sidecar", "the control plane"; nothing when it is in it not. */
  readonly member: (pod: Pod) => string | undefined;
  /** Whether the pod or its namespace asks to be in it. */
  readonly asked: (pod: Pod, around: Around) => boolean;
  /**
   * Whether labels or annotations, of whatever object, are about being in it: in whatever spelling, at whatever place. Not
   * those that only keep it out.
   */
  readonly meant: (labels: Labels, annotations: Labels) => boolean;
  /** Whether the pod itself says that it is not to be in it. */
  readonly optedOut: (pod: Pod) => boolean;
  readonly isControl: (pod: Pod) => boolean;
  /** Of a part of the control plane, or of the proxy; by its image. */
  readonly version: (pod: Pod) => string | undefined;
  /** What to write into a pod template to keep the mesh out; `as` is what `member` said. */
  readonly keepsOut: (as: string) => {
    readonly field: 'labels' | 'annotations';
    readonly key: string;
    readonly value: string;
  };
};
