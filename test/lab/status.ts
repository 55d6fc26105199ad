import type { RealContainer, State } from './container.ts';
import type { Pod } from './pod-types.ts';

function stateOf(state: State): object {
  if (state.started) return { running: { startedAt: state.started } };
  if (state.ended) return { terminated: state.ended };
  const reason = state.waiting ?? 'PodInitializing';
  const backOff = { message: 'back-off restarting failed container' };
  return { waiting: { reason, ...(reason === 'CrashLoopBackOff' ? backOff : {}) } };
}

function containerStatus({ spec, state }: RealContainer): object {
  return {
    name: spec.name,
    image: spec.image,
    imageID: '',
    ready: state.ready,
    started: state.started !== undefined,
    restartCount: state.restarts,
    state: stateOf(state),
    lastState: state.lastEnded && !state.ended ? { terminated: state.lastEnded } : {},
  };
}

const condition = (type: string, ok: boolean, names: string[]): object => ({
  type,
  status: ok ? 'True' : 'False',
  lastTransitionTime: `${new Date().toISOString().slice(0, 19)}Z`,
  ...(ok
    ? {}
    : {
        reason: type === 'Initialized' ? 'ContainersNotInitialized' : 'ContainersNotReady',
        message: `containers with unready status: [${names.join(' ')}]`,
      }),
});

/** What a kubelet would report for a pod whose processes are in these states. */
export function podStatus(pod: Pod, init: RealContainer[], main: RealContainer[]): object {
  const sidecars = init.filter(({ spec }) => spec.restartPolicy === 'Always');
  const initialized = init.every(({ state }) => state.ended !== undefined || state.ready);
  const unready = [...sidecars, ...main].filter(({ state }) => !state.ready);
  const names = unready.map(({ spec }) => spec.name);
  const started = main.some(({ state }) => state.started ?? state.lastEnded);
  return {
    phase: started ? 'Running' : 'Pending',
    hostIP: pod.status?.hostIP,
    podIP: pod.status?.podIP,
    conditions: [
      condition('PodScheduled', true, []),
      condition('Initialized', initialized || started, names),
      condition('ContainersReady', unready.length === 0, names),
      condition('Ready', unready.length === 0, names),
    ],
    initContainerStatuses: init.map(containerStatus),
    containerStatuses: main.map(containerStatus),
  };
}
