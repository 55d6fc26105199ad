// An answer that a test can cite.
import type { Known } from '../../src/core/answer.ts';
import { kubectl } from '../../src/core/command.ts';
import { safeText } from '../../src/core/text.ts';

export function known<T>(value: T): Known<T> {
  return {
    kind: 'known',
    value,
    evidence: {
      id: 'E0',
      asked: safeText('something'),
      byHand: kubectl`get pods`,
      at: '2027-01-15T08:00:00Z',
      excerpt: [],
    },
  };
}
