// A container that the kubelet cannot make or start. Reasons and sentences: kubernetes
// pkg/kubelet/kuberuntime/kuberuntime_container.go, pkg/kubelet/kubelet_pods.go makeEnvironmentVariables,
// pkg/kubelet/kuberuntime/security_context_others.go, pkg/kubelet/lifecycle/handlers.go; opencontainers runc libcontainer.
import type { Event } from '../../../facts/kube/events.ts';
import { stateText, type Container } from '../container.ts';
import { missingObject } from './missing-object.ts';
import { brief } from '../brief.ts';
import type { InContainer } from './reason.ts';

export function createTrouble(
  container: Container,
  events: readonly Event[],
): InContainer | undefined {
  const { name, state, image } = container;
  if (state.is !== 'waiting') return startTrouble(container);
  const said = brief(state.message);
  // Its message is quoted already.
  const waits = `waiting: ${state.reason}`;
  const about = { container: name, state: waits, said };
  switch (state.reason) {
    case 'CreateContainerConfigError':
      return configError(container, state.message) ?? { is: 'not-created', ...about };
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'PreCreateHookError':
    case 'PreStartHookError':
      return runError(name, image, state.message, waits) ?? { is: 'not-created', ...about };
    case 'PostStartHookError':
      return {
        is: 'hook-failed',
        ...about,
        said: brief(withoutEnvelope(hookWords(state.message, name, events))),
      };
    default:
      return startTrouble(container);
  }
}

function configError({ name, state }: Container, message: string): InContainer | undefined {
  const missing = missingObject(message);
  if (missing) return { ...missing, who: `container ${name}`, said: brief(message) };
  if (/runAsNonRoot/.test(message))
    return {
      is: 'runs-as-root',
      container: name,
      state: stateText(state),
      said: brief(message.replace(/ \(pod: .*$/, '')),
    };
  return undefined;
}

/** The runtime's own error: its container did not run at all (exit codes 126 to 128). */
function startTrouble({ name, image, state, last }: Container): InContainer | undefined {
  const end = [state, last].find((one) => one.is === 'terminated');
  if (end?.is !== 'terminated') return undefined;
  if (end.reason !== 'StartError' && end.reason !== 'ContainerCannotRun') return undefined;
  return (
    runError(name, image, end.message, stateText(end)) ?? {
      is: 'not-created',
      container: name,
      state: stateText(end),
      said: brief(end.message),
    }
  );
}

function runError(
  container: string,
  image: string,
  message: string,
  state: string,
): InContainer | undefined {
  const about = { container, state, said: brief(withoutEnvelope(message)) };
  if (isOtherArchitecture(message)) return { is: 'wrong-architecture', ...about };
  const none =
    /executable file not found|no such file or directory|permission denied|is a directory/;
  return /exec|starting container process/.test(message) && none.test(message) && image !== ''
    ? { is: 'command-not-run', ...about }
    : undefined;
}

/** What each layer between the kubelet and the process puts before the error. */
function withoutEnvelope(message: string): string {
  return message
    .replace(/^[^]*unable to start container process: (?:error during container init: )?/, '')
    .replace(/^PostStartHook failed: /, '')
    .replace(/^rpc error: code = \w+ desc = /, '');
}

/** Linux errno ENOEXEC: a program for another processor, or a script without its first line. */
export function isOtherArchitecture(words: string): boolean {
  return /exec format error/i.test(words);
}

/** The status often says only that it failed; the event quotes the hook's own output. */
function hookWords(message: string, container: string, events: readonly Event[]): string {
  const event = events.find(
    (one) =>
      one.reason === 'FailedPostStartHook' &&
      (one.container === undefined || one.container === container),
  );
  return event !== undefined && event.message.length > message.length ? event.message : message;
}
