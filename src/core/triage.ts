// For a person who does not know which runbook to type: one runbook made of every other's detector.
import type { AnyFact } from './fact.ts';
import { input } from './input.ts';
import {
  symptom,
  type AnyStep,
  type DetectorInput,
  type Look,
  type Runbook,
  type Say,
} from './runbook.ts';
import type { Catalogue, Sign } from './runbook.ts';

export const triageId = 'triage';

/** Each detector is a step; what it sees is a symptom that the runbook it belongs to goes on from. */
export function triageOf(all: readonly Runbook[]): Runbook {
  const fitting = all.filter(({ head }) => head.detect !== undefined);
  return {
    head: {
      id: triageId,
      title: 'Which runbook fits',
      symptom: 'Something is wrong with a pod, and it is not known what.',
      input: { pod: input.pod('the pod that is in trouble') },
      findings: Object.fromEntries(fitting.map(({ head }) => [head.id, fits(head.id, head.title)])),
    },
    steps: fitting.flatMap(stepOf),
  };
}

function fits(id: string, title: string) {
  return symptom('{sign}', {
    means: `This is the field of ${id}: ${title}.` as 'This is the field of another.',
    with: ['pod'],
    see: [id],
    follow: { runbook: id, target: 'pod' },
  });
}

function stepOf({ head: { id, detect } }: Runbook): readonly AnyStep[] {
  if (!detect) return [];
  return [
    {
      id,
      asks: detect.asks,
      why: `A sign of what ${id} is for.`,
      rulesOut: detect.rulesOut,
      uses: detect.uses,
      after: [],
      gather: (look: Look<AnyFact>, given) => detect.gather(look, given as DetectorInput),
      judge: (got, say, given) => {
        tell(id, detect.judge(got), say, given as DetectorInput);
      },
    },
  ];
}

function tell(
  id: string,
  sign: Sign | undefined,
  say: Say<Catalogue>,
  { pod }: DetectorInput,
): void {
  if (!sign) return;
  const says = sign.says.endsWith('.') ? sign.says : `${sign.says}.`;
  say(id, { sign: says, pod } as never, ...sign.from);
}
