// What `pod` can say. Read at 3 a.m.: what is wrong first, then whose pod, then the words of whoever reports it.
import { cause, symptom, table, tells, type PodRef } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Reason } from '../../../src/model/kube/not-well/reason.ts';
import type { RefusedPod } from '../../../src/model/kube/refused-pod.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import * as fix from './fixes.ts';

/** What the sentences name beside the reason. */
export type Case = {
  readonly pod: PodRef;
  readonly namespace: string;
  /** Where it runs, or shall. */
  readonly on: string;
  /** What usually makes the object that is missing. */
  readonly origin: string | undefined;
  readonly proxy: string;
  readonly about: Pod;
};

type Open = 'starting' | 'not-ready';
export type Cause = Exclude<Reason, { readonly is: Open }>;

const memory = { follow: { runbook: 'oom', target: 'pod' }, see: ['oom'] } as const;

export const causes = table<Cause, Case>()({
  'image-not-found': {
    says: 'Image {image} of container {container} in {pod} does not exist: {said}.',
    means: 'The registry answers, and has no such repository or tag.',
    fixes: ({ about }) => [...fix.goBack(about), fix.see(about)],
  },
  'image-refused': {
    says: 'The registry refuses to give image {image} to container {container} of {pod}: {said}.',
    means:
      'It wants other credentials than those in imagePullSecrets of the pod or its ServiceAccount, or the name is wrong: many registries answer the same for a repository that does not exist.',
    fixes: ({ about }) => [fix.seePullSecrets(about)],
  },
  'image-unreachable': {
    says: 'The registry of image {image} cannot be reached from {on}, so container {container} of {pod} cannot start: {said}.',
    means: 'This is between the node and the registry: DNS, a proxy, a firewall or a certificate.',
    fixes: ({ about }) => [fix.seePulls(about)],
  },
  'image-name-invalid': {
    says: 'Image name {image} of container {container} in {pod} is not valid: {said}.',
    means: 'No registry was asked. Often a variable in it was never replaced.',
    fixes: ({ about }) => [...fix.goBack(about), fix.see(about)],
  },
  'image-not-injected': {
    says: 'Container {container} of {pod} asks for image "auto", a word that only a sidecar injector replaces.',
    means: 'The pod was created without injection. {said}.',
    follow: { runbook: 'injection', target: 'pod' },
    see: ['injection'],
  },
  'image-not-pulled': {
    says: 'Image {image} of container {container} in {pod} cannot be used: {said}.',
    means: 'The kubelet tries again by itself, ever more slowly, at least every 5 minutes.',
    fixes: ({ about }) => [fix.see(about), ...fix.goBack(about)],
  },
  'object-missing': {
    says: '{kind} {name} does not exist in namespace {namespace}, and {who} of {pod} needs it.',
    means: '{said}. The pod starts by itself once it exists. {origin}',
    fixes: ({ about }, { kind }) => [fix.list(about, kind)],
  },
  'key-missing': {
    says: '{kind} {name} in namespace {namespace} lacks a key that {who} of {pod} needs: {said}.',
    means: 'The pod starts by itself once the key is there.',
    fixes: ({ about }, { kind, name }) => [fix.seeKeys(about, kind, name)],
  },
  'runs-as-root': {
    says: 'The image of container {container} in {pod} would run as root, which runAsNonRoot forbids: {said}.',
    means: 'Set runAsUser to a number that is not 0, or build the image with such a USER.',
    fixes: ({ about }) => [fix.manifest(about, 'Read the securityContext of the pod')],
  },
  'not-created': {
    says: 'Container {container} of {pod} cannot be created: {said}.',
    means: 'Its state is {state}. The kubelet tries again by itself.',
    fixes: ({ about }) => [fix.see(about)],
  },
  'command-not-run': {
    says: 'The command of container {container} in {pod} cannot be run: {said}.',
    means: 'The file is not in the image, or may not be executed; the container never ran.',
    fixes: ({ about }) => [
      fix.manifest(about, 'Read its command and args, and compare them with the image'),
      ...fix.goBack(about),
    ],
  },
  'wrong-architecture': {
    says: 'The program in container {container} of {pod} cannot run on the processor of {on}: {said}.',
    means:
      'The image is built for another architecture; a script whose first line names no interpreter gives the same error.',
    fixes: ({ about }) => [fix.seeArchitecture(about)],
  },
  'hook-failed': {
    says: 'The postStart hook of container {container} in {pod} fails, so the container is killed: {said}.',
    means: 'The kubelet starts the container only together with its hook. Its state is {state}.',
    fixes: ({ about }, { container }) => [fix.ended(about, container)],
  },
  'out-of-memory': {
    says: 'Container {container} of {pod} ran out of memory and was killed: {state}.',
    means: 'The kernel killed it; it could not log why.',
    ...memory,
  },
  crashes: {
    says: 'Container {container} of {pod} keeps exiting: {said}.',
    means: 'Its state is {state}. The kubelet waits longer before each start, up to 5 minutes.',
    fixes: ({ about }, { container }) => [fix.ended(about, container), ...fix.goBack(about)],
  },
  'has-failed': {
    says: 'Container {container} of {pod} has failed: {said}.',
    means: 'Its state is {state}. This pod does not start it again (restartPolicy Never).',
    fixes: ({ about }, { container }) => [fix.ended(about, container)],
  },
  'exits-at-once': {
    says: 'Container {container} of {pod} finishes without an error, and is started again: {state}.',
    means:
      'Its command ends, and this pod wants one that keeps running. Work that finishes belongs into a Job.',
    fixes: ({ about }, { container }) => [fix.ended(about, container)],
  },
  'killed-by-probe': {
    says: 'The {probe} probe of container {container} in {pod} fails, so the kubelet kills it: {said}.',
    means: 'Its state is {state}. It did not end by itself: its log may show no error.',
    fixes: ({ about }, { container }) => [
      fix.ended(about, container),
      fix.manifest(about, 'Read the probe, and compare its port, path and delays with the program'),
    ],
  },
  'init-fails': {
    says: 'Init container {container} of {pod} fails: {said}.',
    means: 'Its state is {state}. No later container starts before it succeeds.',
    fixes: ({ about }, { container }) => [fix.ended(about, container)],
  },
  'init-needs-network': {
    says: 'Init container {container} of {pod} cannot connect, as its traffic is redirected to {proxy}, which does not run yet; it says: {said}.',
    means:
      'Its state is {state}. The pod is redirected before its init containers run, and {proxy} starts only after them. As a native sidecar the proxy starts first; or let the container bypass the redirect, by port or by the user ID of the proxy.',
    fixes: ({ about, proxy }, { container }) => [
      ...fix.native(about, proxy),
      fix.ended(about, container),
    ],
  },
  'probe-fails': {
    says: 'The {probe} of container {container} in {pod} fails: {said}.',
    means: 'The container runs, and gets no requests from Services until the probe succeeds.',
    fixes: ({ about }, { container }) => [fix.log(about, container)],
  },
  'sidecar-keeps-job': {
    says: 'Proxy {container} keeps the Job of {pod} from finishing: {done} is done.',
    means:
      'A Job ends when all its containers have ended, and an ordinary sidecar does not end by itself. As a native sidecar it would.',
    fixes: ({ about }, { container }) => fix.endSidecar(about, container),
  },
  'network-not-set-up': {
    says: 'CNI plugin {plugin} cannot set up the network of {pod} on {on}: {said}.',
    means: 'No container of the pod starts before that. The kubelet tries again by itself.',
    fixes: ({ about }, { plugin }) => [fix.seeAgents(about, plugin)],
  },
  'sandbox-failed': {
    says: 'The container runtime on {on} cannot make a sandbox for {pod}: {said}.',
    means: 'No container of the pod starts before that. Ask who runs the nodes.',
    fixes: ({ about }) => [fix.seeAgents(about)],
  },
  'volume-not-mounted': {
    says: 'A volume of {pod} cannot be mounted on {on}: {said}.',
    means: 'No container of the pod starts before that. The kubelet tries again by itself.',
    fixes: ({ about }) => [fix.seeClaims(about)],
  },
  unschedulable: {
    says: 'No node takes {pod}: {why}.',
    means: 'The pod waits, and is scheduled by itself once a node fits.',
    fixes: ({ about }, { blocks }) => fix.seeNodes(about, blocks),
  },
  'scheduling-gated': {
    says: 'Scheduling gates hold {pod} back: {gates}.',
    means: 'The scheduler looks at the pod once their controllers have removed them.',
    fixes: ({ about }) => [fix.manifest(about, 'Read who set the gates (spec.schedulingGates)')],
  },
  'not-scheduled': {
    says: 'Scheduler {scheduler} has not looked at {pod}.',
    means: 'It does not run, or no scheduler has that name (spec.schedulerName).',
    fixes: ({ about }) => [fix.seeSchedulers(about)],
  },
  'node-down': {
    says: 'Node {node} is not ready, so {pod} counts as not ready too: {said}.',
    means:
      'Pods of such a node get no requests, and are evicted after 5 minutes by default. Where its kubelet does not report any more, their containers may still run.',
    fixes: ({ about }, { node }) => fix.nodeDown(about, node),
  },
  evicted: {
    says: 'Node {node} evicted {pod}: {said}.',
    means: 'A controller makes another pod elsewhere. This one stays only as a record.',
    fixes: ({ about }) => [fix.see(about)],
  },
  'evicted-for-memory': {
    says: 'Node {node} was low on memory and evicted {pod}: {said}.',
    means: 'An eviction ends the whole pod, whatever its limits.',
    ...memory,
  },
  'deadline-exceeded': {
    says: 'The deadline of {pod} is over: {said}.',
    means: 'activeDeadlineSeconds of the pod or its Job ended it, whatever it was doing.',
    fixes: ({ about }) => [fix.see(about)],
  },
  'refused-by-node': {
    says: 'Node {node} did not admit {pod}: {said}.',
    means: 'The pod never ran there, and does not come back. A controller makes another.',
    fixes: ({ about }) => [fix.see(about)],
  },
  failed: {
    says: '{pod} has failed: {said}.',
    means: 'It does not come back. A controller makes another.',
    fixes: ({ about }) => [fix.see(about)],
  },
  'stuck-deleting': {
    says: '{pod} should have been gone by {due}: {holds}.',
    means:
      'It gets no new requests. A StatefulSet makes no other pod of that name before it is gone.',
    fixes: ({ about }) => [fix.manifest(about, 'Read its finalizers and who set them')],
  },
  'being-deleted': {
    says: '{pod} is being deleted; its grace period ends {due}.',
    means: 'It gets no new requests. What matters now is the pod that takes its place.',
    fixes: ({ about }) => [fix.seeOthers(about)],
  },
  'gate-open': {
    says: 'Readiness gates keep {pod} out of its Services: {gates}.',
    means:
      'Its containers are ready. A controller outside the pod (of a load balancer, say) must set these conditions.',
    fixes: ({ about }) => [fix.manifest(about, 'Read its conditions and who sets them')],
  },
});

/** What the sentences about pods that do not exist name. */
export type Missing = {
  /** `Deployment shop/web` */
  readonly workload: string;
  readonly namespace: string;
  /** `has 0 of 3 pods` */
  readonly lacks: string;
  readonly of: Subject;
};

export const denials = table<RefusedPod, Missing>()({
  'quota-exceeded': {
    says: 'ResourceQuota {quota} of namespace {namespace} is used up, so {workload} {lacks}: {said}.',
    means: 'New pods are refused until others end, or whoever manages the quota raises it.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'quota-needs-values': {
    says: 'ResourceQuota {quota} of namespace {namespace} refuses pods that lack requests or limits, so {workload} {lacks}: {said}.',
    means:
      'Each container must set them, also a sidecar; a LimitRange can set them for those that do not.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'limit-range-denies': {
    says: 'A LimitRange of namespace {namespace} refuses the pods of {workload}, which {lacks}: {said}.',
    means: 'It counts each container, also a sidecar.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'level-denies': {
    says: 'PodSecurity level {level} of namespace {namespace} refuses the pods of {workload}, which {lacks}: {said}.',
    means: 'Either the pod template changes, or who keeps the namespace allows more.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'scc-denies': {
    says: 'No security context constraint lets the pods of {workload} in, which {lacks}: {said}.',
    means:
      'OpenShift looks for one that the ServiceAccount may use and the pod satisfies. Ask who keeps the cluster to grant one to the ServiceAccount, or change the securityContext.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'policy-denies': {
    says: 'ValidatingAdmissionPolicy {policy} refuses the pods of {workload}, which {lacks}: {said}.',
    means: 'Change the pod template as the message asks, or ask who keeps the policy.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'webhook-denies': {
    says: 'Webhook {webhook} refuses the pods of {workload}, which {lacks}: {said}.',
    means: 'Change the pod template as the message asks, or ask who keeps its policies.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'webhook-unreachable': {
    says: 'Webhook {webhook} does not answer and fails closed, so {workload} {lacks}: {said}.',
    means: 'No pod that it is called for can be created until it answers.',
    fixes: ({ of }, rule) => [fix.seeRule(of, rule)],
  },
  'account-missing': {
    says: 'ServiceAccount {account} does not exist in namespace {namespace}, so {workload} {lacks}.',
    means: '{said}. Its controller tries again by itself.',
    fixes: ({ of }, { account }) => [fix.makeAccount(of, account)],
  },
  refused: {
    says: 'The API server refuses the pods of {workload}, which {lacks}: {said}.',
    means: 'Its controller tries again by itself, ever more slowly.',
    fixes: ({ of }) => [fix.seeWorkload(of)],
  },
});

const others = {
  starting: symptom('{pod} has not started yet, and waits for: {waits}.', {
    means: 'Nothing that was read says that a step failed; it is {age} old.',
  }),
  'not-ready': symptom('{pod} is not ready, and waits for: {seen}.', {
    means: 'Nothing that was read says why; its probes are: {probes}.',
  }),
  'pods-missing': symptom('{workload} {lacks}, and nothing that was read says why.', {
    means: 'Events are kept for an hour by default. {condition}',
  }),
  'scaled-to-zero': cause('{workload} is scaled to 0, so it has no pods.', {
    means: 'Nothing is wrong with its pods: none is wanted.',
  }),
};

export const findings = { ...causes.findings, ...denials.findings, ...others };
export const tell = tells(others);
