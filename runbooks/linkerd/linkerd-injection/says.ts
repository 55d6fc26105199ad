// What `linkerd-injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { outside } from './by-design.ts';
import { findings as gates } from './gates.ts';
import { webhook } from './says/webhook.ts';

const restart = 'A proxy comes with a new pod alone; a pod that runs never changes.';

const older = {
  'older-than-annotation': cause(
    '{subject} is older than the annotation that asks for its proxy: {what}.',
    { means: `Both gates would inject it now. ${restart}` },
  ),
  'older-than-template': cause('{subject} is older than its template: {what}.', {
    means: `A new pod would get a proxy. ${restart}`,
  }),
  'older-than-webhook': cause('{subject} is older than the webhook that would inject it: {what}.', {
    means: `Both gates would inject it now. ${restart}`,
  }),
  'restart-pending': cause('{who} would get a proxy at their next restart and have none now.', {
    means: `They were created before injection was asked for, or while it did not work. ${restart}`,
  }),
  unexplained: symptom('{subject} has no proxy, although both gates would inject it now.', {
    means: `Why it was made without one is not to be seen any more. ${restart}`,
  }),
  undecided: symptom('Whether {subject} would be injected is not decided here: {why}.', {
    means: 'A new pod shows it: the API server itself decides when one is created.',
  }),
  'not-created': symptom('{subject} has {pods} of {wanted} pods, and no event says why.', {
    means: 'Both gates would inject it. What keeps its pods away is not injection.',
  }),
};

const starting = {
  'init-fails': cause(
    '{subject} has a proxy that never starts: linkerd-init cannot set the redirect ({state}).',
    {
      means:
        'It needs NET_ADMIN and NET_RAW, and the kernel the iptables that proxyInit.iptablesMode names (nft since 2.19). {said}',
    },
  ),
  'validator-fails': cause(
    '{subject} has a proxy that never starts: nothing redirects its traffic (linkerd-network-validator: {state}).',
    {
      means:
        'With the CNI plugin no container sets the redirect; linkerd-network-validator only sees that none is there. linkerd-cni is not in the chain of CNI plugins on {node}: Cilium takes it out unless its value cni.exclusive is false. {said}',
    },
  ),
  'native-sidecar-unknown': cause(
    '{subject} waits for its proxy to end: this cluster takes a native sidecar for an init container.',
    {
      means:
        'Kubernetes before 1.29 drops restartPolicy from init containers, so nothing after linkerd-proxy ever starts. Linkerd injects native sidecars by default since 2.20.',
    },
  ),
  'proxy-not-ready': symptom('{subject} has a proxy, and it is not ready: {state}.', {
    means: 'It was injected; what keeps it from starting is its identity, mostly.',
    see: ['linkerd-identity'],
  }),
};

const injected = {
  'loses-proxy': contributor('{subject} would lose its proxy at the next restart: {why}.', {
    means: 'What asked for it is gone. Pods that run keep what they have.',
    avoid: 'Do not restart it before that is settled.',
  }),
  'two-proxies': cause("{subject} has Istio's {container} beside Linkerd's proxy.", {
    means:
      'Each redirects the same connections to itself, and which of them gets one depends on whose rules come first. One of the two is to go.',
  }),
  census: contributor(
    '{namespace} has {workloads}, {have} with a proxy now; {would} would change if all were restarted now.',
    { means: '{gain} would get a proxy, {lose} would lose theirs.' },
  ),
  'stay-out': contributor('{count} of {namespace} stay without a proxy: {which}.', {
    means: 'A restart changes nothing for these. Diagnose one of them to see how to let it in.',
  }),
};

export const findings = { ...outside, ...webhook, ...gates, ...older, ...starting, ...injected };
export const tell = tells(findings);
