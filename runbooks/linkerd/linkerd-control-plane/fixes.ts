// What can be done about a part that does not serve.
import {
  inspect,
  kubectl,
  meshdoc,
  restartNamed,
  type Command,
  type Fix,
} from '../../../src/authoring.ts';
import type { Component } from '../../../src/facts/linkerd/control-plane.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { crashedIn } from '../../../src/model/kube/serving.ts';
import { describePod } from '../../shared/kube/fixes.ts';

export function again(namespace: string): Command {
  return meshdoc`diagnose linkerd-control-plane ns/${namespace}`;
}

export function repair({ deployment, wanted, pods }: Component, namespace: string): readonly Fix[] {
  const [pod] = pods;
  if (pod) return ofPod(pod, deployment, namespace);
  if (wanted === 0) return [scaleUp(deployment, namespace)];
  const see = kubectl`get events -n ${namespace} --field-selector reason=FailedCreate`;
  return [inspect(`See why ${deployment} gets no pods`, see, again(namespace))];
}

function ofPod(pod: Pod, deployment: string, namespace: string): readonly Fix[] {
  const crashed = crashedIn(pod);
  const verify = again(namespace);
  if (!crashed) return [describePod(`See why ${pod.ref.name} is not ready`, pod.ref)];
  const { name } = crashed;
  const log = kubectl`logs ${pod.ref.name} -n ${namespace} -c ${name} --previous --tail=50`;
  return [
    inspect(`Read the last log lines of ${name}`, log, verify),
    {
      ...restartNamed('Deployment', deployment, namespace, verify),
      risk: 'restarts-control-plane',
      touches: `${deployment} in ${namespace}, one pod after another`,
      note: `This helps only if what made ${name} exit is fixed or was temporary.`,
    },
  ];
}

function scaleUp(deployment: string, namespace: string): Fix {
  const scale = (n: number) =>
    kubectl`scale deployment/${deployment} -n ${namespace} --replicas=${n}`;
  return {
    does: `Start ${deployment} again`,
    run: scale(1),
    risk: 'restarts-control-plane',
    touches: `${deployment} in ${namespace}; proxies connect to it by themselves`,
    undo: { run: scale(0) },
    verify: again(namespace),
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there. A high-availability install has 3 replicas.',
  };
}
