// A change of one policy, or a policy that is new.
import type { Json, KubeObject } from '../../../core/object.ts';
import { list } from '../../kube/read.ts';
import { refOf } from './parse.ts';
import { patched } from './patch.ts';
import type { Effect, PatchOp, Repair, Scene } from './types.ts';

export type Change = Omit<Effect, 'next'> &
  (
    | { readonly is: 'create'; readonly object: KubeObject }
    | {
        readonly is: 'add';
        readonly object: KubeObject;
        /** A list of the policy, as a JSON pointer; it may not be there yet. */
        readonly to: readonly (string | number)[];
        readonly value: Json;
      }
  );

export function changeOf(change: Change, next: Repair | undefined): Repair {
  const { does, alsoAllows, widens } = change;
  const effect = { does, alsoAllows, widens, next };
  if (change.is === 'create') return { is: 'create', object: change.object, ...effect };
  return { is: 'patch', policy: refOf(change.object), ...patches(change), ...effect };
}

/** The scene once the change is made. */
export function inScene(scene: Scene, change: Change): Scene {
  const { authorizationPolicies: all } = scene;
  if (change.is === 'create') {
    return { ...scene, authorizationPolicies: [...all, change.object] };
  }
  const made = patched(change.object as Json, patches(change).patch) as KubeObject | undefined;
  return {
    ...scene,
    authorizationPolicies: all.map((object) =>
      object === change.object && made !== undefined ? counted(made) : object,
    ),
  };
}

/** The API server counts the changes of a spec. */
function counted(object: KubeObject): KubeObject {
  const { generation, ...metadata } = object.metadata;
  if (generation === undefined) return object;
  return { ...object, metadata: { ...metadata, generation: generation + 1 } };
}

function patches({ object, to, value }: Extract<Change, { is: 'add' }>): {
  readonly patch: readonly PatchOp[];
  readonly undo: readonly PatchOp[];
} {
  const path = `/${['spec', ...to].join('/')}`;
  const held = list(object.spec, ...to);
  const isNew = held.length === 0;
  const place = isNew ? path : `${path}/${held.length}`;
  const added: Json = isNew ? [value] : value;
  return {
    patch: [unchanged(object), { op: 'add', path: isNew ? path : `${path}/-`, value: added }],
    undo: [
      { op: 'test', path: place, value: added },
      { op: 'remove', path: place },
    ],
  };
}

function unchanged(object: KubeObject): PatchOp {
  const { generation } = object.metadata;
  return generation === undefined
    ? { op: 'test', path: '/spec', value: object.spec ?? null }
    : { op: 'test', path: '/metadata/generation', value: generation };
}
