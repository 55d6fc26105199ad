// What `linkerd-injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, symptom, tells } from '../../../src/authoring.ts';
import { losesOf, newPodsAlone } from '../../shared/admission/says.ts';
import { findings as gates } from './gates.ts';
import { shared } from './words.ts';

const older = {
  'older-than-annotation': cause(
    '{subject} is older than the annotation that asks for its proxy: {what}.',
    { means: `Both gates would inject it now. ${newPodsAlone('proxy')}` },
  ),
  'not-reached': cause(
    'The webhook was never reached when {subject} was made: no event says that the injector was asked.',
    {
      means:
        'The injector leaves an event on the owner of every pod, injected or not. Its failurePolicy is Ignore, so a firewall in front of port 8443, a time-out or a certificate that was bad at that moment leaves a pod without a proxy.',
    },
  ),
  'while-down': cause('{subject} is older than the injector that runs now: {what}.', {
    means:
      'A pod that is created while no injector answers starts without a proxy, for the failurePolicy is Ignore: so it goes after a node or a whole cluster was restarted. Both gates would inject it now.',
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
  'loses-proxy': losesOf('proxy'),
  'webhook-broken': cause('New pods of {subject} would {lose}: {why}.', {
    means:
      'What runs goes on. The next restart, eviction or scaling meets the webhook {configuration} as it is. {bundle}',
    avoid: 'Do not restart workloads of the mesh before it is mended.',
  }),
  'two-proxies': cause("{subject} has Istio's {container} beside Linkerd's proxy.", {
    means:
      'Each redirects the same connections to itself, and which of them gets one depends on whose rules come first. One of the two is to go.',
  }),
};

export const findings = { ...shared, ...gates, ...older, ...starting, ...injected };
export const tell = tells(findings);
