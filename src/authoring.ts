// The door for runbooks: everything an author may use, and nothing else.
export { cite, valueOf, type Answer, type Known, type Seen } from './core/answer.ts';
export { istioctl, kubectl, meshdoc, piped, type Command } from './core/command.ts';
export { inspect, putBack, replacePod, restartNamed, type Fix } from './core/fix.ts';
export { input } from './core/input.ts';
export { dotted, podText, type PodRef } from './core/refs.ts';
export {
  cause,
  contributor,
  defineRunbook,
  skip,
  stop,
  symptom,
  type Say,
  type Skip,
} from './core/runbook.ts';
export type { MeshChoice } from './core/input.ts';
export { age, count, listed } from './core/text.ts';
