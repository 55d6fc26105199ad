// A request that a Linkerd proxy answers with 403 or 404, or a connection that it closes: which Server, route and
// authorization decide, and what would let exactly this caller in.
import { runbookOf, stop, type Found } from '../../../src/authoring.ts';
import { caller, denials, destination, inputs, mesh, now, policies } from './checks.ts';
import { detect } from './detect.ts';
import { decision } from './judge.ts';
import { findings } from './says.ts';

const runbook = runbookOf(
  {
    id: 'linkerd-policy',
    aliases: ['linkerd-403', 'linkerd-denied'],
    mesh: 'linkerd',
    title: 'Linkerd denies a request',
    symptom:
      'A caller gets 403 (or 404, or 429) from a meshed workload, or its TCP connection is closed as soon as it is made.',
    words: [
      'forbidden',
      'unauthorized',
      'access denied',
      'authorization policy',
      'rate limited',
      'default deny',
    ],
    input: inputs,
    findings,
    detect,
  },
  [destination, caller, policies, mesh, denials, now, decision],
);

/** A check cannot tell a finding and end the diagnosis: where the destination has no proxy, this says it in its stead. */
export default {
  ...runbook,
  steps: runbook.steps.map((one) => {
    if (one.id !== destination.id) return one;
    const judge: typeof one.judge = (...given) => {
      const found = one.judge(...given);
      if (!Array.isArray(found)) return found;
      const [, say] = given;
      for (const { id, slots, from } of found as readonly Found[]) say(id, slots, ...from);
      return stop;
    };
    return { ...one, judge };
  }),
};
