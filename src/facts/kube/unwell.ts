// What a pod says of itself that is not well, in its own words: nobody is told that all is well beside it.
import { containerLine, type Container } from '../../model/kube/container.ts';
import type { Pod } from './pod.ts';

/** Nothing for a pod that is ready, and one that did its work. */
export function unwell(pod: Pod): readonly string[] {
  const { phase, reason, message, unscheduled, deleting, containers, ready } = pod;
  if (phase === 'Succeeded') return [];
  if (deleting) return ['being deleted'];
  if (phase === 'Failed') return [`phase Failed${said(reason)}${said(message)}`];
  if (unscheduled !== undefined) return [`not scheduled${said(unscheduled)}`];
  const lines = containers.filter(isUnwell).map(containerLine);
  if (lines.length > 0) return lines;
  // A gate of its own, a lost node, a status that nobody wrote: all containers may be well, and no request is sent to it.
  return ready && phase === 'Running' ? [] : [`phase ${phase}, ${ready ? 'ready' : 'not ready'}`];
}

/** An init container that has ended did its work, or the next did not begin and says so itself. */
function isUnwell({ role, state, ready }: Container): boolean {
  if (state.is === 'unreported') return false;
  if (state.is === 'waiting') return true;
  if (role === 'init') return state.is === 'terminated' && state.exitCode !== 0;
  return !ready;
}

function said(words: string | undefined): string {
  return words === undefined || words === '' ? '' : `: ${words}`;
}
