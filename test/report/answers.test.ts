// A question that has more of an answer than "no fault": it is said where no cause is, and nowhere else.
import { expect, test } from 'vitest';
import { safeText } from '../../src/core/text.ts';
import { formats, render, type Format } from '../../src/report/formats.ts';
import { diagnosis, finding, plain } from './build.ts';

const says = safeText('Rule 0 of shop/allow-web lets it through.');
const steps = [
  { id: 'a', asks: 'Who decides?', ms: 1, outcome: { is: 'clear', evidence: [], says } } as const,
];
const healthy = diagnosis({ verdict: 'healthy', steps });
const sick = diagnosis({ steps, findings: [finding()] });

test.each(Object.keys(formats) as Format[])('%s', async (format) => {
  expect((await render(format, [healthy], plain)).replace(/\s+/g, ' ')).toContain('allow-web');
  const forProgram = format === 'json' || format === 'yaml';
  expect((await render(format, [sick], plain)).includes('allow-web')).toBe(forProgram);
});
