// When the proxy logged a denial, and whether that still tells something: policies and pods change meanwhile.
import { lastChange } from '../../kube/origin.ts';
import { time } from '../../kube/read.ts';
import type { Denials } from '../../../facts/linkerd/policy/denial-log.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { proxyStart, type Picture } from './picture.ts';
import { policyKinds } from './types.ts';

const recentMs = 120_000;
/** The controller sends a change at once; an open connection may still follow the old policy. */
const settleMs = 5000;

/** Logged in the last two minutes, and since the policies last changed. */
export function isRecent(picture: Picture, line: Denials): boolean {
  return isCurrent(picture, line) && (loggedAt(picture, line) ?? 0) > picture.now - recentMs;
}

/** Logged since the policies last changed. */
export function isCurrent(picture: Picture, line: Denials): boolean {
  return (loggedAt(picture, line) ?? 0) > changedAt(picture) + settleMs;
}

/** Addresses are used again: an older line is about another pod. */
export function mayBeOf(picture: Picture, line: Denials, { created }: Pod): boolean {
  const [at, since] = [loggedAt(picture, line), time(created)];
  return at === undefined || since === undefined || at >= since;
}

function loggedAt(picture: Picture, { at }: Denials): number | undefined {
  const start = proxyStart(picture);
  return start === undefined || at === undefined ? undefined : start + at * 1000;
}

function changedAt({ policies }: Picture): number {
  const times = policyKinds.flatMap((kind) =>
    policies.objects[kind].map((object) => Date.parse(lastChange(object)?.at ?? '')),
  );
  return Math.max(0, ...times.filter((at) => !Number.isNaN(at)));
}
