// One runbook made of the detectors of all others, for a person who does not know which runbook to type.
import type { AnyFact } from './fact.ts';
import { input } from './input.ts';
import { symptom, type Found } from './finding.ts';
import {
  skip,
  type AnyRecogniser,
  type AnyStep,
  type DetectorInput,
  type Look,
  type Runbook,
  type Sign,
} from './runbook.ts';
import { podText } from './refs.ts';

export const triageId = 'triage';

/**
 * First the pod's mesh; then each detector of that mesh is a step. What it sees is a symptom, and its runbook continues
 * from there.
 */
export function triageOf(all: readonly Runbook[], recogniser: AnyRecogniser): Runbook {
  const fitting = all.filter(({ head }) => head.detect !== undefined);
  return {
    head: {
      id: triageId,
      title: 'Which runbook fits',
      symptom: 'Something is wrong with a pod, and you do not know what.',
      input: { pod: input.pod('the pod with the problem') },
      findings: {
        ...recogniser.findings,
        ...Object.fromEntries(fitting.map(({ head }) => [head.id, fits(head.id, head.title)])),
      },
    },
    steps: [meshStep(recogniser), ...fitting.flatMap((runbook) => stepOf(runbook, recogniser))],
  };
}

function fits(id: string, title: string) {
  return symptom('{sign}', {
    means: `Runbook ${id} explains this: ${title}.` as 'Another runbook explains this.',
    see: [id],
    follow: { runbook: id },
  });
}

const meshId = 'mesh';

function meshStep({ asks, uses, gather, judge }: AnyRecogniser): AnyStep {
  return {
    ...{ id: meshId, asks, uses, after: [] },
    why: 'Each mesh has its own runbooks.',
    gather: (look: Look<AnyFact>, given) => gather(look, given as DetectorInput),
    judge: (got, given) => judge(got, given as DetectorInput),
  };
}

function stepOf(
  { head: { id, detect, mesh } }: Runbook,
  recogniser: AnyRecogniser,
): readonly AnyStep[] {
  if (!detect) return [];
  return [
    {
      id,
      ...(mesh === undefined ? {} : { mesh }),
      asks: detect.asks,
      why: `A sign that runbook ${id} fits.`,
      rulesOut: detect.rulesOut,
      uses: detect.uses,
      after: [meshId],
      when: (earlier) => {
        const got = earlier[meshId];
        const meshes = got === undefined ? undefined : recogniser.meshes(got);
        const fits = mesh === undefined || meshes === undefined || meshes.includes(mesh);
        return fits || skip('for a mesh this pod is not in');
      },
      gather: (look: Look<AnyFact>, given) => detect.gather(look, given as DetectorInput),
      judge: (got, given) => tell(id, detect.judge(got), given as DetectorInput),
    },
  ];
}

function tell(id: string, sign: Sign | undefined, { pod }: DetectorInput): readonly Found[] {
  if (!sign) return [];
  const says = sign.says.endsWith('.') ? sign.says : `${sign.says}.`;
  return [{ id, slots: { sign: says }, about: { pod }, goesOn: podText(pod), from: sign.from }];
}

/** What a case of triage keeps: which runbooks looked for a sign. */
export function detectorsOf(triage: Runbook): readonly string[] {
  return triage.steps.map(({ id }) => id).filter((id) => id !== meshId);
}

/**
 * Triage as it was when a case was recorded. A detector younger than the case asked nothing then, so in a replay it would
 * only find gaps: it is left out and named.
 */
export function triageAsOf(
  triage: Runbook,
  detectors: readonly string[],
): { readonly triage: Runbook; readonly younger: readonly string[] } {
  const younger = detectorsOf(triage).filter((id) => !detectors.includes(id));
  const steps = triage.steps.filter(({ id }) => !younger.includes(id));
  return { triage: younger.length === 0 ? triage : { ...triage, steps }, younger };
}
