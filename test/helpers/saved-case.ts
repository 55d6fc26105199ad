// A case in two versions that can be told apart: for tests of what replaces what.
import type { Case } from '../../src/snapshot/case.ts';

export type Version = 'old' | 'new';

/** Every file of it says which version it is of. */
export function caseOf(version: Version): Case {
  return {
    file: {
      ...{ meshdoc: 1, runbook: version, input: { target: version }, complete: false },
      now: '2026-11-21T08:00:00Z',
    },
    objects: ['a', 'b'].map((name) => ({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: version, name } },
    })),
    answers: ['x', 'y', 'z'].map((path) => ({
      ...{ question: `http a/${version}:1 /${path}`, status: '200', stderr: '', body: version },
    })),
  };
}
