import type { Lab } from './lab.ts';

type ContainerState = {
  ready: boolean;
  started?: boolean;
  state: object;
  lastState?: object;
  restartCount?: number;
};

const since = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

export const runningState = (): ContainerState => ({
  ready: true,
  started: true,
  state: { running: { startedAt: since() } },
});

export const completedState = (): ContainerState => ({
  ready: true,
  state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: since() } },
});

/** A container that fails again and again, its last end told as a kubelet tells it. */
export const crashingState = (exitCode: number, reason: string, restarts = 6): ContainerState => ({
  ready: false,
  restartCount: restarts,
  state: {
    waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' },
  },
  lastState: { terminated: { exitCode, reason, startedAt: since(), finishedAt: since() } },
});

const entries = (states: Record<string, ContainerState>): object[] =>
  Object.entries(states).map(([name, state]) => ({
    name,
    image: 'lab/any:1',
    imageID: '',
    restartCount: 0,
    lastState: {},
    ...state,
  }));

/** Writes the status of a pod labelled `lab.meshdoc.dev/run: manual`. */
export async function patchStatus(
  lab: Lab,
  namespace: string,
  name: string,
  containers: Record<string, ContainerState>,
  init: Record<string, ContainerState> = {},
): Promise<void> {
  const ready = Object.values(containers).every((each) => each.ready);
  const condition = (type: string, ok: boolean): object => ({
    type,
    status: ok ? 'True' : 'False',
    lastTransitionTime: since(),
    ...(ok ? {} : { reason: 'ContainersNotReady' }),
  });
  const status = {
    phase: 'Running',
    startTime: since(),
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    initContainerStatuses: entries(init),
    containerStatuses: entries(containers),
  };
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  await lab.kubectl('-n', namespace, 'patch', 'pod', name, ...patch);
}
