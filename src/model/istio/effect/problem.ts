// Building a problem: its names, its origin, and changes that carry their own undo.
import type { KubeObject } from '../../../core/object.ts';
import { idOf } from '../../kube/order.ts';
import { lastChange, ownerOf } from '../../kube/origin.ts';
import type { Change, Patch, Problem, ResourceName } from './scene.ts';

export function nameOf(object: KubeObject): ResourceName {
  const { name, namespace = '' } = object.metadata;
  return { kind: object.kind, namespace, name };
}

/** `VirtualService shop/cart` */
export function called(object: KubeObject): string {
  return `${object.kind} ${idOf(object)}`;
}

type Found = Pick<Problem, 'rule' | 'sure' | 'says' | 'consequence' | 'fixes'>;

export function problem(object: KubeObject, found: Found): Problem {
  const changed = lastChange(object);
  const owner = ownerOf(object);
  return {
    ...found,
    resource: nameOf(object),
    ...(changed && { changed }),
    ...(owner !== undefined && { owner }),
  };
}

type Said = { readonly of: KubeObject; readonly does: string; readonly touches: string };
type Json = string | readonly string[] | number;

/** Replaces a value; the test makes the patch fail when somebody was faster. */
export function replacing(said: Said, at: string, from: Json, to: Json): Change {
  return {
    ...plain(said),
    field: fieldOf(at),
    patch: json({ op: 'test', path: at, value: from }, { op: 'replace', path: at, value: to }),
    undo: json({ op: 'test', path: at, value: to }, { op: 'replace', path: at, value: from }),
  };
}

/** Appends to a list that has `length` elements now. */
export function appending(said: Said, at: string, length: number, value: string): Change {
  const place = `${at}/${length}`;
  return {
    ...plain(said),
    field: fieldOf(at),
    patch: json({ op: 'add', path: `${at}/-`, value }),
    undo: json({ op: 'test', path: place, value }, { op: 'remove', path: place }),
  };
}

/** Adds a field that is not there. */
export function adding(said: Said, at: string, value: Json): Change {
  return {
    ...plain(said),
    field: fieldOf(at),
    patch: json({ op: 'add', path: at, value }),
    undo: json({ op: 'test', path: at, value }, { op: 'remove', path: at }),
  };
}

/** Only says where to edit. */
export function editing(said: Said, at: string): Change {
  return { ...plain(said), field: fieldOf(at) };
}

function plain(said: Said): Change {
  return { does: said.does, target: nameOf(said.of), touches: said.touches };
}

type Operation = { readonly op: string; readonly path: string; readonly value?: Json };

function json(...operations: readonly Operation[]): Patch {
  return { type: 'json', body: JSON.stringify(operations) };
}

/** `/spec/http/0/route` -> `spec.http[0].route` */
export function fieldOf(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((step, at) => (/^\d+$/.test(step) ? `[${step}]` : `${at === 0 ? '' : '.'}${step}`))
    .join('');
}
