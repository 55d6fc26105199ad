// Which of what several runbooks say is told.
import { expect, test } from 'vitest';
import { cause } from '../../src/core/finding.ts';
import { toldOnce, type Told } from '../../src/engine/told.ts';

function told(runbook: string, says: string, slots: Told['slots'], id = 'too-much'): Told {
  const rest = { from: [] as const } as unknown as Told['rest'];
  const message = cause(says, { means: 'It is.' }) as Told['message'];
  return { id, message, sure: true, slots, from: [], rest, runbook, among: undefined };
}

const runbooks = (all: readonly Told[]) => toldOnce(all, 'web').map(({ runbook }) => runbook);

test('the same thing in other words is told once', () => {
  const one = told('stale', 'Envoy in {pod} holds {clusters}.', { pod: 'web', clusters: '1,516' });
  const other = told('oom', 'Envoy holds {clusters}, which take {taken}.', {
    clusters: '1,516',
    taken: '130Mi',
  });
  expect(runbooks([one, other])).toEqual(['stale']);
});

test('the same of another thing is told too', () => {
  const one = told('stale', '{pod} holds {clusters}.', { pod: 'web', clusters: '1,516' });
  const other = told('oom', '{pod} uses {taken}.', { pod: 'cart', taken: '130Mi' });
  expect(runbooks([one, other])).toEqual(['stale', 'oom']);
});

test('where nothing common is named, only the same words are the same', () => {
  const one = told('stale', 'It holds {clusters}.', { clusters: '1,516' });
  const other = told('oom', 'It uses {taken}.', { taken: '130Mi' });
  expect(runbooks([one, other])).toEqual(['stale', 'oom']);
});

test('one runbook says of two containers of a pod what each has', () => {
  const all = ['app', 'job'].map((container) =>
    told('pod', '{container} of {pod} fails.', { pod: 'web', container }),
  );
  expect(runbooks(all)).toEqual(['pod', 'pod']);
});
