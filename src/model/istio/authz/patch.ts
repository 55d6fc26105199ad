// JSON patches (RFC 6902) as the API server applies them: the operations that repairs use.
import type { Json } from '../../../core/object.ts';
import type { PatchOp } from './types.ts';

/** `undefined` when a `test` fails or a path leads nowhere. */
export function patched(value: Json, ops: readonly PatchOp[]): Json | undefined {
  let here: Json | undefined = value;
  for (const op of ops) {
    if (here === undefined) return undefined;
    here = applyAt(here, op.path.split('/').slice(1).map(unescaped), op);
  }
  return here;
}

/** One step of a JSON pointer (RFC 6901). */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

function applyAt(value: Json, steps: readonly string[], op: PatchOp): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return onWhole(value, op);
  if (isList(value)) return inList(value, step, rest, op);
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value as Readonly<Record<string, Json>>;
  if (rest.length === 0 && op.op === 'add') return { ...object, [step]: op.value };
  const held = object[step];
  if (held === undefined) return undefined;
  if (rest.length === 0 && op.op === 'remove') {
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
  }
  const changed = applyAt(held, rest, op);
  return changed === undefined ? undefined : { ...object, [step]: changed };
}

function inList(
  items: readonly Json[],
  step: string,
  rest: readonly string[],
  op: PatchOp,
): Json | undefined {
  const index = step === '-' ? items.length : Number(step);
  if (rest.length === 0 && op.op === 'add') return items.toSpliced(index, 0, op.value);
  const held = items[index];
  if (held === undefined) return undefined;
  if (rest.length === 0 && op.op === 'remove') return items.toSpliced(index, 1);
  const changed = applyAt(held, rest, op);
  return changed === undefined ? undefined : items.with(index, changed);
}

function onWhole(value: Json, op: PatchOp): Json | undefined {
  if (op.op === 'replace') return op.value;
  return op.op === 'test' && same(value, op.value) ? value : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function same(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    isList(a) === isList(b) &&
    left.length === right.size &&
    left.every(([key, value]) => {
      const other = right.get(key);
      return other !== undefined && same(value, other);
    })
  );
}
