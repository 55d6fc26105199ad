// Fixes that change Istio's or Kubernetes' config, built so that each carries its own undo.
import { kubectl, type Command, type Fix } from '../../../src/authoring.ts';

export function scaleUp(deployment: string, root: string, verify: Command): Fix {
  const scale = (n: number) => kubectl`scale deployment/${deployment} -n ${root} --replicas=${n}`;
  return {
    does: `Start istiod again`,
    run: scale(1),
    risk: 'restarts-control-plane',
    touches: 'the control plane; every proxy connects to it',
    undo: { run: scale(0) },
    verify,
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there.',
  };
}
