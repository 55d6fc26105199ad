// An injected proxy that does not start: what the states of its containers show.
import { stateText, type Container } from '../../kube/container.ts';
import type { Pod } from '../../../facts/kube/pod.ts';

export type Start =
  | { readonly is: 'fine' }
  /** linkerd-init could not set up the redirect. */
  | { readonly is: 'init-fails'; readonly container: Container; readonly state: string }
  /** With Linkerd's CNI plugin: nothing redirects the traffic of the pod. */
  | { readonly is: 'validator-fails'; readonly container: Container; readonly state: string }
  /** The proxy is a plain init container, which never exits: the cluster does not support native sidecars. */
  | { readonly is: 'stuck'; readonly container: Container }
  | { readonly is: 'proxy-not-ready'; readonly container: Container; readonly state: string };

/** linkerd2 charts/partials/templates/_proxy-init.tpl and _network-validator.tpl. */
const names = { init: 'linkerd-init', validator: 'linkerd-network-validator' } as const;

export function startOf(pod: Pod): Start {
  const { containers } = pod;
  const named = (name: string) => containers.find((c) => c.name === name);
  const init = named(names.init);
  if (init && fails(init)) return { is: 'init-fails', container: init, state: lastState(init) };
  const validator = named(names.validator);
  if (validator && fails(validator)) {
    return { is: 'validator-fails', container: validator, state: lastState(validator) };
  }
  const proxy = named('linkerd-proxy');
  if (proxy?.role === 'init') return { is: 'stuck', container: proxy };
  if (proxy && !proxy.ready && hasStarted(proxy)) {
    return { is: 'proxy-not-ready', container: proxy, state: lastState(proxy) };
  }
  return { is: 'fine' };
}

/** It ran and ended so itself; a container that cannot be pulled or created has not failed (runbook pod says why). */
function fails({ state, last }: Container): boolean {
  const end = state.is === 'terminated' ? state : last;
  return end.is === 'terminated' && end.exitCode !== 0;
}

/** Once it has started: until then, whatever comes before it is the cause. */
function hasStarted({ state, last }: Container): boolean {
  return state.is === 'running' || state.is === 'terminated' || last.is === 'terminated';
}

function lastState({ state, last }: Container): string {
  return last.is === 'terminated'
    ? `${stateText(state)}, last ${stateText(last)}`
    : stateText(state);
}
