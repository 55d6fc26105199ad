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

/** What is no name of an object. */
const noNames = new Set(['kind', 'type', 'port', 'key', 'host', 'target']);

function uncited({ says, subject = {}, evidence }: Finding, d: Diagnosis): readonly string[] {
  const text = JSON.stringify(d.evidence.filter(({ id }) => evidence.includes(id)));
  return Object.entries(subject).flatMap(([slot, value]) =>
    noNames.has(slot) || !says.includes(value) || isShown(value, text) ? [] : [`${slot} ${value}`],
  );
}

/** "an unknown caller" is no name; a pod is shown by its name, or as one of its workload's. */
function isShown(value: string, text: string): boolean {
  if (value.includes(' ') && !value.includes('/')) return true;
  const name = nameIn(value);
  const [, workload = name] = /^(.+)-[a-z0-9]{6,10}-[a-z0-9]{5}$/.exec(name) ?? [];
  return text.includes(name) || text.includes(`Deployment ${workload}:`);
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
