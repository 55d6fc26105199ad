// What `linkerd-injection` can say. A person reads these at 3 a.m.: the culprit first, one fact a sentence.
import { cause, symptom, tells } from '../../../src/authoring.ts';
import { losesOf } from '../../shared/admission/says.ts';
import { findings as gates } from './gates.ts';
import { shared } from './words.ts';

const older = {
  'older-than-annotation': cause(
    '{subject} has no proxy, because it is older than the annotation that asks for one: {what}.',
    { means: 'A new pod would be injected; running pods never change.' },
  ),
  'not-reached': cause(
    'Webhook {configuration} was never reached when {subject} was created: no event shows that the injector was called.',
    {
      means:
        'The injector writes an event on the owner of every pod, injected or not. The failurePolicy is Ignore, so a firewall in front of port 8443, a timeout or a bad certificate at that moment leaves a pod without a proxy.',
    },
  ),
  'while-down': cause(
    '{subject} has no proxy, because it is older than the running injector: {what}.',
    {
      means:
        'With failurePolicy Ignore, a pod that is created while no injector answers gets no proxy, as happens after a restart of a node or a cluster. A new pod would be injected; running pods never change.',
    },
  ),
};

const starting = {
  'init-fails': cause(
    '{subject} has a proxy that never starts: linkerd-init cannot set up the redirect ({state}).',
    {
      means:
        'linkerd-init needs NET_ADMIN and NET_RAW, and a kernel that has the iptables of proxyInit.iptablesMode (nft since 2.19). {said}',
    },
  ),
  'validator-fails': cause(
    '{subject} has a proxy that never starts: nothing redirects its traffic (linkerd-network-validator: {state}).',
    {
      means:
        'linkerd-cni should set the redirect, but it is not in the chain of CNI plugins on {node}. Cilium removes it from there unless its value cni.exclusive is false. {said}',
    },
  ),
  'native-sidecar-unknown': cause(
    '{subject} never starts: its proxy is a native sidecar, and this cluster waits for it to exit like an init container.',
    {
      means:
        'Kubernetes before 1.29 drops restartPolicy from init containers, so no container after linkerd-proxy starts. Linkerd injects native sidecars by default since 2.20.',
    },
  ),
  'proxy-not-ready': symptom('{subject} has a proxy that is not ready: {state}.', {
    means:
      'Injection worked. A proxy that is not ready most often has a problem with its identity.',
    see: ['linkerd-identity'],
  }),
};

const injected = {
  'loses-proxy': losesOf('proxy'),
  'webhook-broken': cause(
    'Webhook {configuration} is failing, so new pods of {subject} would {lose}: {why}.',
    {
      means:
        'Running pods keep working; the next restart, eviction or scale-up calls this webhook. {bundle}',
      avoid: 'Do not restart workloads of the mesh until this is fixed.',
    },
  ),
  'setting-ignored': cause(
    '{owner} has the {sort} {key}={value}, which has no effect: Linkerd only reads annotations of pods and of their namespace.',
    { means: 'The proxy of {subject} runs with the setting of its namespace or of the install.' },
  ),
  'two-proxies': cause("{subject} has two proxies: Istio's {container} and Linkerd's.", {
    means:
      'Both redirect the same connections, and the one whose rules come first gets them. Remove one of the two.',
  }),
};

export const findings = { ...shared, ...gates, ...older, ...starting, ...injected };
export const tell = tells(findings);
