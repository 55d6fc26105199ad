// The door for runbooks: everything an author may use, and nothing else.
export { cite, valueOf, type Answer, type Known, type Seen } from './core/answer.ts';
export { own, words, type Words } from './core/argv.ts';
export { check, runbookOf, type Answers, type Judgement } from './core/check.ts';
export { kubectl, meshdoc, piped, program, type Command } from './core/command.ts';
export {
  inspect,
  putBack,
  replacePod,
  type Fix,
  type Undo,
  type WorkloadName,
} from './core/fix.ts';
export { restartNamed } from './core/renew.ts';
export {
  destinationText,
  input,
  placeText,
  type Destination,
  type InputValues,
  type MeshChoice,
  type Place,
} from './core/input.ts';
export type { Json, KubeObject } from './core/object.ts';
export type { Plane } from './core/plane.ts';
export { dotted, podText, type PodRef } from './core/refs.ts';
export {
  cause,
  contributor,
  symptom,
  table,
  tells,
  type Catalogue,
  type Found,
  type Rest,
  type SlotValue,
} from './core/finding.ts';
export {
  aheadLook,
  clear,
  recogniser,
  skip,
  stop,
  withOwn,
  type Clear,
  type Skip,
} from './core/runbook.ts';
export { age, count, holdsHidden, listed } from './core/text.ts';
