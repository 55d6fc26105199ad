// What a pod says of itself that is not well.
import { describe, expect, test } from 'vitest';
import { readPod, unwell } from '../../../src/facts/kube/pod.ts';

const running = { name: 'app', ready: true, restartCount: 0, state: { running: {} } };
const ended = (exitCode: number) => ({
  terminated: { exitCode, reason: exitCode ? 'Error' : 'Completed' },
});

const isReady = [{ type: 'Ready', status: 'True' }];

function of(status: object, metadata: object = {}): readonly string[] {
  return unwell(
    readPod({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'web', ...metadata },
      spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'setup' }] },
      status,
    } as never),
  );
}

describe('a pod that is well', () => {
  test.each([
    ['runs', { phase: 'Running', conditions: isReady, containerStatuses: [running] }],
    [
      'did its work',
      { phase: 'Succeeded', containerStatuses: [{ ...running, ready: false, state: ended(0) }] },
    ],
    [
      'was set up',
      {
        phase: 'Running',
        conditions: isReady,
        containerStatuses: [running],
        initContainerStatuses: [{ ...running, name: 'setup', state: ended(0) }],
      },
    ],
  ])('%s', (_, status) => {
    expect(of(status)).toEqual([]);
  });
});

describe('a pod that is not says so itself', () => {
  test('one on its way out', () => {
    const status = { phase: 'Running', conditions: isReady, containerStatuses: [running] };
    expect(of(status, { deletionTimestamp: '2026-11-21T08:00:00Z' })).toEqual(['being deleted']);
  });

  test.each([
    [
      // A readiness gate of its own, or a node that is lost.
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        containerStatuses: [running],
      },
      'phase Running, not ready',
    ],
    [{}, 'phase Unknown, not ready'],
    [
      { phase: 'Unknown', conditions: isReady, containerStatuses: [running] },
      'phase Unknown, ready',
    ],
    [
      { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
      'phase Failed: Evicted: low on memory',
    ],
    [
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes' }],
      },
      'not scheduled: 0/3 nodes',
    ],
    [
      {
        phase: 'Running',
        containerStatuses: [
          { ...running, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      },
      'app: waiting: CrashLoopBackOff, not ready',
    ],
    [
      {
        phase: 'Pending',
        initContainerStatuses: [{ ...running, name: 'setup', ready: false, state: ended(1) }],
      },
      'setup (init): Error (exit code 1)',
    ],
  ])('%o', (status, says) => {
    expect(of(status)).toEqual([says]);
  });
});
