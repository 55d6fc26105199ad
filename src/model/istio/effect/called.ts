// What concerns a pod because it calls a Service of another namespace: only what breaks such calls. What its owners keep
// to themselves, or bind to a gateway, they may well mean.
import { evaluate } from './evaluate.ts';
import type { Evaluation, Problem, Rule, Scene } from './scene.ts';

const breaking: ReadonlySet<Rule> = new Set<Rule>([
  'host-missing',
  'host-not-exported',
  'port-missing',
  'subset-missing',
  'subset-not-exported',
  'subset-empty',
  'delegate-missing',
]);

export function evaluateCalled(scene: Scene): Evaluation {
  const own = evaluate({ ...scene, calls: undefined });
  if ((scene.calls ?? []).length === 0) return own;
  const wide = evaluate(scene);
  const more = wide.problems.filter(
    (one) => breaking.has(one.rule) && !own.problems.some((other) => isSame(one, other)),
  );
  return { ...wide, problems: [...own.problems, ...more] };
}

function isSame(one: Problem, other: Problem): boolean {
  return one.rule === other.rule && one.says === other.says;
}
