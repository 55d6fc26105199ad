// What a finding is about: the things it names. Two runs are compared by it, as sentences carry figures that change.

import { safeText, type SafeText } from './text.ts';

/** Slots that name a thing. Anything else in a sentence (a reason, an age, a count) may change while the fault stays. */
const naming: ReadonlySet<string> = new Set([
  ...[
    'pod',
    'subject',
    'src',
    'dst',
    'target',
    'name',
    'kind',
    'namespace',
    'workload',
    'resource',
  ],
  ...['policy', 'server', 'service', 'provider', 'container', 'deployment', 'webhook', 'waypoint'],
  ...['route', 'port', 'host', 'subset', 'gateway', 'key', 'rule', 'type'],
]);

export type Subject = Readonly<Record<string, SafeText>>;

/** The values in a finding's sentences that say what it is about. */
export function subjectOf(slots: Readonly<Record<string, string>>): Subject {
  const names = Object.entries(slots).filter(([slot]) => naming.has(slot));
  return Object.fromEntries(names.map(([slot, value]) => [slot, safeText(value)]));
}
