import {
  clearRules,
  forgetNudge,
  isGone,
  nudge,
  setRules,
  targetOf,
  untilStates,
} from './fault-kit.ts';
import type { Lab, LabPod } from './lab.ts';
import { sleep } from './sh.ts';

const NUDGE = 'catalog';

/**
 * Ends the pod's present stream at once on both sides, then lets nothing through. A push makes the
 * pod acknowledge a packet; the rule answers that with a reset to the agent, and istiod's next
 * packet meets a closed port. (The kernel may lack what `ss -K` needs.)
 */
export async function block(lab: Lab): Promise<{ target: string; pod: LabPod }> {
  const pod = await lab.pod('web');
  const reset = '-j REJECT --reject-with tcp-reset';
  await setRules(pod.netns, { out: [`-p tcp --dport 15012 ! --tcp-flags RST RST ${reset}`] });
  await nudge(lab, NUDGE);
  await untilStates(pod, 'not connected', isGone, 120_000);
  await sleep(1500);
  await setRules(pod.netns, {
    out: ['-p tcp --dport 15012 -j DROP'],
    in: ['-p tcp --sport 15012 -j DROP'],
  });
  return { target: targetOf(pod), pod };
}

export async function unblock(lab: Lab): Promise<void> {
  await clearRules((await lab.pod('web')).netns);
  await forgetNudge(lab, NUDGE);
}
