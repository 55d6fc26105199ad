// What `linkerd-injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, symptom, kubectl, words } from '../../../src/authoring.ts';
import { called, skipped } from './says/gates.ts';
import { webhook } from './says/webhook.ts';
import { lookAt, patchFix, restartAllFix, restartFix } from './fixes.ts';

const maker = ['again', 'kind', 'name', 'namespace', 'paused'] as const;
const restart = 'A proxy comes with a new pod alone; a pod that runs never changes.';

const byDesign = {
  ended: contributor('{subject} has ended ({phase}) and gets no proxy any more.', {
    means: 'What it makes next is judged when it is made.',
  }),
  'static-pod': contributor(
    '{subject} is a static pod: its node makes it, and no webhook changes it.',
    {
      means: 'What the API server shows is a mirror. Such a pod stays outside the mesh.',
    },
  ),
  'mesh-part': contributor(
    '{subject} is {what}: it is a part of Linkerd, and the webhook leaves it out.',
    {
      means: 'Its proxy is written into its manifest. Diagnose a workload instead.',
    },
  ),
};

const older = {
  'older-than-annotation': cause(
    '{subject} is older than the annotation that asks for its proxy: {what}.',
    {
      means: `Both gates would inject it now. ${restart}`,
      with: maker,
      fixes: (a) => [restartFix(a)],
    },
  ),
  'older-than-template': cause('{subject} is older than its template: {what}.', {
    means: `A new pod would get a proxy. ${restart}`,
    with: maker,
    fixes: (a) => [restartFix(a)],
  }),
  'older-than-webhook': cause('{subject} is older than the webhook that would inject it: {what}.', {
    means: `Both gates would inject it now. ${restart}`,
    with: maker,
    fixes: (a) => [restartFix(a)],
  }),
  'restart-pending': cause('{who} would get a proxy at their next restart and have none now.', {
    means: `They were created before injection was asked for, or while it did not work. ${restart}`,
    reach: '{reach}',
    with: ['namespace', 'targets'],
    fixes: (a) => restartAllFix(a),
  }),
  unexplained: symptom('{subject} has no proxy, although both gates would inject it now.', {
    means: `Why it was made without one is not to be seen any more. ${restart}`,
    with: maker,
    fixes: (a) => [restartFix(a)],
  }),
  undecided: symptom('Whether {subject} would be injected is not decided here: {why}.', {
    means: 'A new pod shows it: the API server itself decides when one is created.',
  }),
  'not-created': symptom('{subject} has {pods} of {wanted} pods, and no event says why.', {
    means: 'Both gates would inject it. What keeps its pods away is not injection.',
    with: maker,
    fixes: (a) => [
      lookAt(
        a,
        'See its conditions',
        kubectl`describe ${a.kind.toLowerCase()} ${a.name} -n ${a.namespace}`,
      ),
    ],
  }),
};

const starting = {
  'init-fails': cause(
    '{subject} has a proxy that never starts: linkerd-init cannot set the redirect ({state}).',
    {
      means:
        'It needs NET_ADMIN and NET_RAW, and the kernel the iptables that proxyInit.iptablesMode names (nft since 2.19). {said}',
      with: maker,
      fixes: (a) => [lookAt(a, 'Read what linkerd-init says', kubectl`${log(a)} -c linkerd-init`)],
    },
  ),
  'validator-fails': cause(
    '{subject} has a proxy that never starts: nothing redirects its traffic (linkerd-network-validator: {state}).',
    {
      means:
        'With the CNI plugin no container sets the redirect; linkerd-network-validator only sees that none is there. linkerd-cni is not in the chain of CNI plugins on {node}: Cilium takes it out unless its value cni.exclusive is false. {said}',
      with: maker,
      fixes: (a) => [
        lookAt(
          a,
          'See whether linkerd-cni runs on every node',
          kubectl`get pods -A -o wide -l linkerd.io/cni-resource=true`,
        ),
        lookAt(
          a,
          'See whether Cilium keeps other plugins',
          kubectl`get configmap cilium-config -n kube-system -o jsonpath={.data.cni-exclusive}`,
        ),
      ],
    },
  ),
  'native-sidecar-unknown': cause(
    '{subject} waits for its proxy to end: this cluster takes a native sidecar for an init container.',
    {
      means:
        'Kubernetes before 1.29 drops restartPolicy from init containers, so nothing after linkerd-proxy ever starts. Linkerd injects native sidecars by default since 2.20.',
      with: [...maker, 'patch', 'unpatch'],
      fixes: (a) => patchFix(a, `Give ${a.name} a proxy that is a container like others`),
    },
  ),
  'proxy-not-ready': symptom('{subject} has a proxy, and it is not ready: {state}.', {
    means: 'It was injected; what keeps it from starting is its identity, mostly.',
    see: ['linkerd-identity'],
    with: maker,
    fixes: (a) => [lookAt(a, 'Read what the proxy says', kubectl`${log(a)} -c linkerd-proxy`)],
  }),
};

function log(a: Readonly<Record<'kind' | 'name' | 'namespace', string>>) {
  const what = a.kind === 'Pod' ? a.name : `${a.kind.toLowerCase()}/${a.name}`;
  return words`logs ${what} -n ${a.namespace} --tail=20`;
}

const injected = {
  'loses-proxy': contributor('{subject} would lose its proxy at the next restart: {why}.', {
    means: 'What asked for it is gone. Pods that run keep what they have.',
    avoid: 'Do not restart it before that is settled.',
  }),
  'two-proxies': cause("{subject} has Istio's {container} beside Linkerd's proxy.", {
    means:
      'Each redirects the same connections to itself, and which of them gets one depends on whose rules come first. One of the two is to go.',
    with: [...maker, 'patch', 'unpatch'],
    fixes: (a) => patchFix(a, `Keep Istio off the pods of ${a.name}`),
  }),
  census: contributor(
    '{namespace} has {workloads}, {have} with a proxy now; {would} would change if all were restarted now.',
    { means: '{gain} would get a proxy, {lose} would lose theirs.' },
  ),
  'stay-out': contributor('{count} of {namespace} stay without a proxy: {which}.', {
    means: 'A restart changes nothing for these. Diagnose one of them to see how to let it in.',
  }),
};

export const findings = {
  ...byDesign,
  ...webhook,
  ...called,
  ...skipped,
  ...older,
  ...starting,
  ...injected,
};
export type Findings = typeof findings;
