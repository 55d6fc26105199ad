// A pod without a node. Sentences: kubernetes pkg/scheduler/framework/types.go FitError and the plugins under
// pkg/scheduler/framework/plugins (noderesources, tainttoleration, nodeaffinity, interpodaffinity, volumebinding, nodeports,
// podtopologyspread, nodevolumelimits, volumezone).
import type { Pod } from '../../../facts/kube/pod.ts';
import { missingObject } from './missing-object.ts';
import { brief } from '../brief.ts';
import type { Block, Reason } from './reason.ts';

export function scheduleTrouble(pod: Pod): readonly Reason[] {
  const { unscheduled, schedulingGates, scheduler } = pod;
  if (schedulingGates.length > 0)
    return [{ is: 'scheduling-gated', gates: schedulingGates.join(', ') }];
  if (unscheduled === undefined)
    return isUntouched(pod) ? [{ is: 'not-scheduled', scheduler }] : [];
  const missing = missingObject(unscheduled);
  if (missing) return [{ ...missing, who: 'a volume', said: brief(unscheduled) }];
  return [{ is: 'unschedulable', why: filters(unscheduled), blocks: blocksOf(unscheduled) }];
}

function isUntouched({ node, phase, containers }: Pod): boolean {
  const isSilent = containers.every(({ state }) => state.is === 'unreported');
  return node === undefined && phase === 'Pending' && isSilent;
}

/** Without what preemption adds: that it does not help follows from the rest. */
function filters(message: string): string {
  return brief(message.replace(/\.? (?:no new claims to deallocate, )?preemption: [\s\S]*$/, ''));
}

const kinds: readonly (readonly [Block, RegExp])[] = [
  ['resources', /Insufficient |Too many pods/],
  ['taints', /untolerated taint|had taint|were unschedulable/],
  ['selector', /node affinity\/selector|node selector|affinity rules/],
  [
    'volume',
    /PersistentVolumeClaim|persistentvolumeclaim|volume node affinity|volume (?:zone|count)|available persistent volumes/,
  ],
  ['ports', /free ports/],
  ['spread', /topology spread/],
];

function blocksOf(message: string): readonly Block[] {
  const words = filters(message);
  return kinds.filter(([, pattern]) => pattern.test(words)).map(([kind]) => kind);
}
