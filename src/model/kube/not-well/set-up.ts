// What comes before the containers: the network of the pod, its volumes. Only events tell. Reasons: kubernetes
// pkg/kubelet/events/event.go; sentences: pkg/kubelet/kuberuntime/kuberuntime_manager.go, containerd
// internal/cri/server/sandbox_run.go, containernetworking libcni, pkg/volume/util/operationexecutor.
import type { Event } from '../../../facts/kube/events.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { missingObject } from './missing-object.ts';
import { brief } from '../brief.ts';
import type { Reason } from './reason.ts';

/** The newest word counts: a sandbox is tried again and again, and one that was made ends the matter. */
export function setUpTrouble(
  { containers, node = 'its node' }: Pod,
  events: readonly Event[],
): readonly Reason[] {
  if (containers.some(({ state, last }) => hasStarted(state.is) || hasStarted(last.is))) return [];
  const newest = events.find(({ reason }) => settles.has(reason));
  switch (newest?.reason) {
    case 'FailedCreatePodSandBox':
      return [sandbox(newest.message, node)];
    case 'NetworkNotReady':
      return [{ is: 'sandbox-failed', node, said: brief(newest.message) }];
    case 'FailedMount':
    case 'FailedAttachVolume':
    case 'FailedMapVolume':
      return [volume(events.filter(({ reason }) => reason === newest.reason))];
    default:
      return [];
  }
}

function hasStarted(is: string): boolean {
  return is === 'running' || is === 'terminated';
}

/** `Pulling`, `Pulled`, `Created`: the sandbox is there. */
const settles = new Set([
  ...['FailedCreatePodSandBox', 'NetworkNotReady', 'FailedMount', 'FailedAttachVolume'],
  ...['FailedMapVolume', 'Pulling', 'Pulled', 'Created', 'Started', 'BackOff', 'Failed'],
]);

function sandbox(message: string, node: string): Reason {
  const said = brief(
    message
      .replace(/^\(combined from similar events\): /, '')
      .replace(/^Failed to? ?create pod sandbox: (?:rpc error: code = \w+ desc = )?/, '')
      .replace(/^(failed to (?:setup network for|create pod network) sandbox) \S+: /, '$1: '),
  );
  const plugin =
    /plugin type="([^"]+)"/.exec(message)?.[1] ?? /find plugin "([^"]+)"/.exec(message)?.[1];
  return plugin === undefined
    ? { is: 'sandbox-failed', node, said }
    : { is: 'network-not-set-up', plugin, node, said };
}

/** `Unable to attach or mount volumes` only counts; the event beside it says why. */
function volume(events: readonly Event[]): Reason {
  const telling =
    events.find(({ message }) => missingObject(message) !== undefined) ??
    events.find(({ message }) => !message.startsWith('Unable to attach or mount volumes')) ??
    events[0];
  const words = telling?.message ?? '';
  const missing = missingObject(words);
  const [, name = ''] = /for volume "([^"]+)"/.exec(words) ?? [];
  return missing
    ? { ...missing, who: `volume ${name}`, said: brief(words) }
    : { is: 'volume-not-mounted', said: brief(words) };
}
