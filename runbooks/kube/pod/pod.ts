// A pod that is not well, whatever the mesh: image, config, volumes, network, node, probes, crashes; or a pod that is refused.
// Every reason is read by src/model/kube/not-well and src/model/kube/refused-pod.ts, where its upstream source is cited.
import { input, runbookOf } from '../../../src/authoring.ts';
import { events, found, node, refused, words } from './checks.ts';
import { missing, why } from './judge.ts';
import { causes, denials, findings } from './says.ts';

type Code = keyof typeof findings;
const codesOf = (some: object) => Object.keys(some) as readonly Code[];
/** What the mesh may bring about: its own runbooks say more of it, as of a webhook of theirs that refuses the pod. */
const byMesh: readonly Code[] = ['init-fails', 'init-needs-network', 'probe-fails'];
const among = {
  first: codesOf(causes.findings).filter((code) => !byMesh.includes(code)),
  last: [...byMesh, ...codesOf(denials.findings)],
};

export default runbookOf(
  {
    id: 'pod',
    aliases: ['not-ready', 'crash', 'pending'],
    title: 'A pod that is not well',
    symptom:
      'A pod does not start, is not ready, keeps restarting, is not created, or does not go away.',
    words: [
      ...['ImagePullBackOff', 'ErrImagePull', 'CrashLoopBackOff', 'CreateContainerConfigError'],
      ...['ContainerCreating', 'FailedCreatePodSandBox', 'FailedMount', 'PostStartHookError'],
      ...['Unschedulable', 'Evicted', 'Terminating', 'exceeded quota', 'probe failed'],
    ],
    input: { target: input.place('the pod, the workload or the namespace to look at') },
    findings,
    among,
  },
  [found, events, words, node, refused, why, missing],
);
