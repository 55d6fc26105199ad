// What to do about a pod that is not well. What can be pasted, or where to look and whom to ask.
import { inspect, kubectl, meshdoc, type Command, type Fix } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Block, ObjectName } from '../../../src/model/kube/not-well/reason.ts';
import type { RefusedPod } from '../../../src/model/kube/refused-pod.ts';
import { againTarget, makerOf, ofPod, type Subject } from '../../../src/model/kube/subject.ts';
import { goBackFix, patchTemplateFix } from '../../../src/model/kube/workload-fixes.ts';
import { ruleOf } from '../../shared/kube/refused.ts';

function again(about: Pod): Command {
  return meshdoc`diagnose pod ${againTarget(ofPod(about, undefined))}`;
}

const look = (about: Pod, does: string, run: Command): Fix => inspect(does, run, again(about));

export function see(about: Pod): Fix {
  const { name, namespace } = about.ref;
  const run = kubectl`describe pod ${name} -n ${namespace}`;
  return look(about, 'See its conditions and events', run);
}

export function manifest(about: Pod, does: string): Fix {
  const { name, namespace } = about.ref;
  return look(about, does, kubectl`get pod ${name} -n ${namespace} -o yaml`);
}

/** To the template before the last change. */
export function goBack(about: Pod): readonly Fix[] {
  return goBackFix(makerOf(about), again(about));
}

export function log(about: Pod, container: string): Fix {
  const { name, namespace } = about.ref;
  const run = kubectl`logs ${name} -n ${namespace} -c ${container} --tail=50`;
  return look(about, `Read the log of ${container}`, run);
}

/** Before it was started again, where it was. */
export function ended(about: Pod, container: string): Fix {
  const { name, namespace } = about.ref;
  const state = about.containers.find((one) => one.name === container)?.state;
  if (state?.is === 'terminated') return log(about, container);
  const run = kubectl`logs ${name} -n ${namespace} -c ${container} --previous --tail=50`;
  return look(about, `Read how ${container} ended`, run);
}

export function seePullSecrets(about: Pod): Fix {
  const { name, namespace } = about.ref;
  const run = kubectl`get pod ${name} -n ${namespace} -o jsonpath={.spec.imagePullSecrets[*].name}`;
  const does = 'See which pull secrets it has, then ask who keeps the registry for access';
  return look(about, does, run);
}

export function seePulls(about: Pod): Fix {
  const run = kubectl`get events -A --field-selector reason=Failed`;
  return look(about, 'See whether other pods fail to pull, then ask who runs the nodes', run);
}

export function seeArchitecture(about: Pod): Fix {
  const does = 'See the architecture of the nodes, and compare it with that of the image';
  return look(about, does, kubectl`get nodes -L kubernetes.io/arch`);
}

const plurals = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  PersistentVolumeClaim: 'persistentvolumeclaims',
} as const;

export function list(about: Pod, kind: ObjectName['kind']): Fix {
  const run = kubectl`get ${plurals[kind]} -n ${about.ref.namespace}`;
  return look(about, `List what is there: the ${kind} may have another name`, run);
}

export function seeKeys(about: Pod, kind: ObjectName['kind'], name: string): Fix {
  const run = kubectl`describe ${kind.toLowerCase()} ${name} -n ${about.ref.namespace}`;
  return look(about, 'See which keys it has (describe shows no value of a Secret)', run);
}

export function seeClaims(about: Pod): Fix {
  const run = kubectl`get persistentvolumeclaims -n ${about.ref.namespace}`;
  return look(about, 'See the state of the claims', run);
}

/** The agents of a CNI plugin and the network run on each node. */
export function seeAgents(about: Pod, plugin = 'the network'): Fix {
  const run = kubectl`get pods -A -o wide --field-selector spec.nodeName=${about.node ?? ''}`;
  return look(about, `See whether the agents of ${plugin} run on that node`, run);
}

export function seeSchedulers(about: Pod): Fix {
  const run = kubectl`get leases -n kube-system`;
  return look(about, 'See which schedulers hold a lease, and since when', run);
}

export function seeNodes(about: Pod, blocks: readonly Block[]): readonly Fix[] {
  const { name, namespace } = about.ref;
  const looks: Readonly<Record<Block, Fix>> = {
    resources: look(
      about,
      'See what each node has left, and compare it with the requests of the pod',
      kubectl`describe nodes`,
    ),
    taints: look(
      about,
      'See the taints of the nodes, and which are cordoned',
      kubectl`get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints,CORDONED:.spec.unschedulable`,
    ),
    selector: look(
      about,
      'Compare nodeSelector and affinity of the pod with the labels of the nodes',
      kubectl`get nodes --show-labels`,
    ),
    volume: seeClaims(about),
    ports: look(
      about,
      'See which pods hold the same host port',
      kubectl`get pods -A -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName,PORTS:.spec.containers[*].ports[*].hostPort`,
    ),
    spread: look(
      about,
      'Read its topologySpreadConstraints',
      kubectl`get pod ${name} -n ${namespace} -o jsonpath={.spec.topologySpreadConstraints}`,
    ),
  };
  return blocks.length > 0 ? blocks.map((block) => looks[block]) : [see(about)];
}

/** Only once it is sure that the node is off: the record of the pod goes, not its processes. */
export function nodeDown(about: Pod, node: string): readonly Fix[] {
  const { name, namespace } = about.ref;
  const describe = look(about, `See the conditions of ${node}`, kubectl`describe node ${node}`);
  if (!about.deleting) return [describe];
  return [
    describe,
    {
      does: 'Forget the pod, once it is sure that the node is off',
      run: kubectl`delete pod ${name} -n ${namespace} --grace-period=0 --force`,
      risk: 'restarts-pods',
      touches: 'this pod only; its controller makes another at once',
      undo: { because: 'the record of the pod is gone' },
      verify: again(about),
      note: 'If the node still runs, two pods of one StatefulSet identity may write to the same volume.',
    },
  ];
}

export function seeOthers(about: Pod): Fix {
  const { namespace } = about.ref;
  return look(about, 'See the other pods there', kubectl`get pods -n ${namespace} -o wide`);
}

/** By the name of its container: linkerd2 pkg/k8s/labels.go, istio.io/api annotation. */
const nativeBy: Readonly<Record<string, string>> = {
  'istio-proxy': 'sidecar.istio.io/nativeSidecar',
  'linkerd-proxy': 'config.linkerd.io/proxy-enable-native-sidecar',
};

export function native(about: Pod, proxy: string): readonly Fix[] {
  const key = nativeBy[proxy];
  if (key === undefined) return [];
  const of = ofPod(about, undefined);
  const change = { labels: {}, annotations: { [key]: 'true' }, now: about };
  const does = `Run ${proxy} as a native sidecar (Kubernetes 1.29 or later)`;
  return patchTemplateFix(of, change, does, again(about));
}

export function endSidecar(about: Pod, container: string): readonly Fix[] {
  const { name, namespace } = about.ref;
  const later = native(about, container);
  // istio pilot/cmd/pilot-agent/status/server.go /quitquitquit. Linkerd's proxy has no such command in its image.
  if (container !== 'istio-proxy') return [...later, log(about, container)];
  return [
    {
      does: 'End the proxy of this pod, so that its Job finishes',
      run: kubectl`exec ${name} -n ${namespace} -c ${container} -- pilot-agent request POST quitquitquit`,
      risk: 'restarts-pods',
      touches: 'this pod only: its work is done',
      undo: { because: 'the Job is done' },
      verify: again(about),
    },
    ...later,
  ];
}

// Pods that do not exist.

function against(of: Subject, does: string, run: Command): Fix {
  return inspect(does, run, meshdoc`diagnose pod ${againTarget(of)}`);
}

export function seeWorkload(of: Subject): Fix {
  const { kind, name, namespace } = of.maker;
  const run = kubectl`describe ${kind.toLowerCase()} ${name} -n ${namespace}`;
  return against(of, 'Read its conditions and events', run);
}

/** The rule that refuses it; where none is named, what its controller was told. */
export function seeRule(of: Subject, rule: RefusedPod): Fix {
  const found = ruleOf(rule, of.namespace);
  return found ? against(of, found.does, found.run) : seeWorkload(of);
}

export function makeAccount(of: Subject, account: string): Fix {
  const { namespace } = of;
  return {
    does: `Create ServiceAccount ${account}, without any right`,
    run: kubectl`create serviceaccount ${account} -n ${namespace}`,
    risk: 'changes-config',
    touches: `pods in ${namespace} that ask for ${account}`,
    undo: { run: kubectl`delete serviceaccount ${account} -n ${namespace}` },
    verify: meshdoc`diagnose pod ${againTarget(of)}`,
    note: 'If a Helm chart or GitOps should have made it, let that make it: it may bind rights to it.',
  };
}

export function scaleUp(of: Subject): readonly Fix[] {
  const { kind, name, namespace } = of.maker;
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return [seeWorkload(of)];
  const target = `${kind.toLowerCase()}/${name}`;
  const scale = (to: number) => kubectl`scale ${target} -n ${namespace} --replicas=${to}`;
  return [
    {
      does: `Start one pod of ${target}`,
      run: scale(1),
      risk: 'changes-traffic',
      touches: `${target} in ${namespace}`,
      undo: { run: scale(0) },
      verify: meshdoc`diagnose pod ${againTarget(of)}`,
      note: 'Ask first who scaled it to 0, and why: an autoscaler or GitOps may do it again.',
    },
  ];
}
