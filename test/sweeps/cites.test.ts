// Who is sure cites what shows it: each thing that a sure cause names stands in the answers it cites, or in their commands.
import { expect, test } from 'vitest';
import type { Diagnosis, Finding } from '../../src/core/diagnosis.ts';
import { all, original } from './shared.ts';
import { shareOfEach } from '../helpers/share.ts';

test.each(shareOfEach(all, 2))(
  '$name: what it is sure of stands in what it cites',
  async ({ name }) => {
    const { diagnoses } = await original(name);
    const wrong = diagnoses.flatMap((d) =>
      d.findings
        .filter(({ role, sure }) => role === 'cause' && sure)
        .flatMap((finding) => uncited(finding, d).map((one) => `${finding.code}: ${one}`)),
    );
    expect(wrong).toEqual([]);
  },
);

/** What is no name of an object: a kind, a number, an identity that is explained in brackets. */
const noNames = new Set(['kind', 'type', 'port', 'key', 'host']);

function uncited({ subject = {}, evidence }: Finding, d: Diagnosis): readonly string[] {
  const text = JSON.stringify(d.evidence.filter(({ id }) => evidence.includes(id)));
  return Object.entries(subject).flatMap(([slot, value]) =>
    noNames.has(slot) || text.includes(nameIn(value)) ? [] : [`${slot} ${value}`],
  );
}

/** `AuthorizationPolicy shop/allow-web (rule 0)` -> `allow-web` */
function nameIn(value: string): string {
  return (
    value
      .replace(/ \(.*\)$/, '')
      .split(/[ /]/)
      .at(-1) ?? value
  );
}
