import { expect, test } from 'vitest';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';

test.each([
  [['starting', 'panic: no route', 'goroutine 1 [running]:'], 'panic: no route'],
  [['first', 'last', ''], 'last'],
  [['it ended', 'Error: exit status 1'], 'it ended'],
  [
    [
      '{"level":"info","msg":"iptables-save v1.8.7 (legacy): Cannot initialize: Permission denied\\n\\n"}',
      '{"level":"error","msg":"aborting firewall configuration"}',
      'Error: exit status 1',
    ],
    'iptables-save v1.8.7 (legacy): Cannot initialize: Permission denied',
  ],
  [[], undefined],
])('%j: %s', (lines, reason) => {
  expect(reasonOf(lines)).toBe(reason);
});
