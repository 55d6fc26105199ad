// Whatever is asked of a workload or a namespace, it is never called OK while what runs there is visibly not well.
import type { Answer } from '../core/answer.ts';
import type { Place } from '../core/input.ts';
import { skip, type AnyStep, type Runbook } from '../core/runbook.ts';
import { count } from '../core/text.ts';
import { standing, type Group, type Standing } from '../facts/kube/standing.ts';

/** The runbook with that question, where its target is more than one pod. */
export function withStanding(runbook: Runbook, values: Readonly<Record<string, unknown>>): Runbook {
  const places = Object.entries(runbook.head.input)
    .filter(([, { type }]) => type === 'place' || type === 'anywhere')
    .flatMap(([key]) => (values[key] as Place | undefined) ?? []);
  const steps = places.flatMap((place) => (place.is === 'pod' ? [] : [stepFor(place)]));
  return steps.length === 0 ? runbook : { ...runbook, steps: [...runbook.steps, ...steps] };
}

function stepFor(place: Group): AnyStep {
  return {
    id: 'standing',
    asks: 'Is what runs there well?',
    why: 'What is visibly not well is never called OK.',
    rulesOut: 'pods that are visibly not well',
    uses: [standing],
    after: [],
    gather: (look) => look(standing, { place }),
    judge: (got) => {
      const answer = got as Answer<Standing>;
      if (answer.kind !== 'known') return undefined;
      const { ailing } = answer.value;
      return ailing.length === 0 ? [] : skip(`${count(ailing.length, 'thing')} there is not well`);
    },
  };
}
