// What can be done about too little memory: give more, or send the proxy less. How a proxy is given more depends on how
// its pod came to be.
import {
  age,
  count,
  inspect,
  kubectl,
  meshdoc,
  words,
  type Command,
  type Fix,
  type PodRef,
  type Words,
} from '../../../src/authoring.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import { workloadKinds, type ProxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Sized } from '../../../src/model/istio/memory-size.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import type { Labels } from '../../../src/model/kube/labels.ts';
import { memoryQuantity } from '../../../src/model/kube/quantity.ts';
import type { Death } from './deaths.ts';
import { overridden, resourcesOf } from './memory.ts';
import { proposeScope } from './propose-scope.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';

type Place =
  /** The four annotations on the pod template. */
  | 'annotations'
  /** The proxy's container is written in the template: annotations do not reach it. */
  | 'container'
  /** istiod makes the Deployment from a Gateway. */
  | 'gateway'
  /** No controller would make the pod again. */
  | 'bare'
  /** The template cannot be changed (Job), or its kind is not known here. */
  | 'elsewhere';

/** Of Deployments that istiod makes (istio pilot/pkg/config/kube/gateway/deploymentcontroller.go). */
const gatewayLabel = 'gateway.networking.k8s.io/gateway-name';

/** Where the resources of its proxy are set. */
export function placeOf(pod: Pod): Place {
  const role = meshRole(pod);
  if (pod.labels[gatewayLabel] !== undefined || role.is === 'waypoint') return 'gateway';
  if (!pod.workload) return 'bare';
  if (pod.workload.kind === 'Job' || !workloadKinds[pod.workload.kind]) return 'elsewhere';
  return role.is === 'gateway' || overridden(pod) ? 'container' : 'annotations';
}

/** More memory, at the place that counts for this pod. */
export function raiseProxy(pod: Pod, now: ProxyResources | undefined, to: Sized): Fix {
  const { ref, labels } = pod;
  const limits = `cpu=${to.cpuLimit},memory=${to.memoryLimit}`;
  const requests = `cpu=${to.cpuRequest},memory=${to.memoryRequest}`;
  const read = kubectl`get pod ${ref.name} -n ${ref.namespace} -o yaml`;
  const byHand = (does: string, why: string, run: Command = read): Fix => ({
    ...inspect(does, run, verify(pod)),
    note: `${why} Wanted: limits ${limits}, requests ${requests} (${to.because}).`,
  });
  switch (placeOf(pod)) {
    case 'gateway': {
      const name = labels[gatewayLabel] ?? '';
      const which = name === '' ? words`-A` : words`${name} -n ${ref.namespace}`;
      return byHand(
        "Give the proxy more in the ConfigMap that the Gateway's infrastructure.parametersRef names",
        'istiod makes this Deployment and puts it back when it is edited.',
        kubectl`get gateways.gateway.networking.k8s.io ${which} -o yaml`,
      );
    }
    case 'bare':
      return byHand(
        'Save the manifest of the pod, then make it anew with the annotations of the note',
        'No controller would make this pod again.',
      );
    case 'elsewhere':
      return byHand(
        'Set the four resource annotations where the pod template is made',
        `The template of ${targetOf(pod)} is not changed here.`,
      );
    case 'container':
      return {
        does: `Raise the resources of the container istio-proxy in ${targetOf(pod)}`,
        ...setResources(pod, 'istio-proxy', words`--limits=${limits} --requests=${requests}`),
        note: `${to.because}. The template has this container of its own, so annotations do not reach it.${ownedText(now)}`,
      };
    case 'annotations':
      return setAnnotations(pod, now, to);
  }
}

function setAnnotations(pod: Pod, now: ProxyResources | undefined, to: Sized): Fix {
  const wanted = {
    'sidecar.istio.io/proxyCPU': to.cpuRequest,
    'sidecar.istio.io/proxyCPULimit': to.cpuLimit,
    'sidecar.istio.io/proxyMemory': to.memoryRequest,
    'sidecar.istio.io/proxyMemoryLimit': to.memoryLimit,
  };
  const patch = (annotations: object) =>
    kubectl`patch ${where(pod)} --type merge -p ${annotating(annotations)}`;
  const template = now?.template;
  // In a merge patch `null` takes an annotation away.
  const before = Object.keys(wanted).map((name) => [name, template?.[name] ?? null]);
  return {
    does: `Set all four resource annotations of the proxy on ${targetOf(pod)}`,
    ...rollingOut(pod, patch(wanted)),
    undo: template
      ? { run: patch(Object.fromEntries(before) as object) }
      : { because: 'the annotations that the template has now could not be read: save it first' },
    note: `${to.because}. All four, for one alone drops the mesh's defaults.${ownedText(now)} Kubernetes 1.33 and later can raise one running pod without a restart: kubectl patch pod --subresource resize.`,
  };
}

function ownedText(now: ProxyResources | undefined): string {
  const owner = now?.owner ?? '';
  return owner === '' ? '' : ` ${owner} owns the workload: change it there, or it comes back.`;
}

type Calls = {
  /** The labels that the pods of the workload are found by. */
  readonly selector: Labels | undefined;
  readonly called: Called;
  readonly uptimeS: number;
  readonly root: string;
};

/** Less config: a Sidecar of what is called, where that is known. */
export function narrowScope(pod: Pod, calls: Calls): readonly Fix[] {
  const { selector, called, uptimeS, root } = calls;
  const { workload, ref } = pod;
  if (!workload || !selector) return [];
  const { namespace } = ref;
  const scope = proposeScope({ namespace, workload: workload.name, selector, called, root });
  if (!scope) return [];
  const target = targetOf(pod);
  const services = `${count(called.called.length, 'service')} instead of ${called.known.toLocaleString('en-US')}`;
  const brief = uptimeS < 3600 ? ', which is a short time' : '';
  return [
    {
      does: `Send the proxies of ${target} only what they call, with a Sidecar`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(scope) },
      risk: 'changes-traffic',
      touches: `what the pods of ${target} in ${namespace} know of the mesh: ${services}`,
      undo: {
        run: kubectl`delete sidecars.networking.istio.io ${scope.metadata.name} -n ${namespace}`,
      },
      // Without a restart: the status goes on telling of the last end.
      verify: kubectl`exec ${where(pod)} -c istio-proxy -- pilot-agent request
        GET stats?filter=active_clusters`,
      note: `The hosts are those called in the ${age(uptimeS * 1000)} since Envoy started, and no others${brief}. Add what is called more rarely before you apply it: a host that is left out is then called without the mesh (no mTLS, no routes), or not at all with outboundTrafficPolicy REGISTRY_ONLY.`,
    },
  ];
}

type Kept = Readonly<Record<'lines' | 'label' | 'metric' | 'values', string>>;

/** Only a person knows which label is worth its price. */
export function fewerStats(pod: Pod, { lines, label, metric, values }: Kept): Fix {
  return {
    ...inspect(
      'See which Telemetry or proxyStatsMatcher adds the label',
      kubectl`get telemetries.telemetry.istio.io -A -o yaml`,
      verify(pod),
    ),
    note: `The proxy keeps ${lines} metrics: the label ${label} of ${metric} alone has ${values} values. Remove the label with a Telemetry tagOverride REMOVE, or narrow the inclusion patterns of proxyStatsMatcher.`,
  };
}

/** Twice the limit it died at, for a workload whose template can be changed. */
export function raiseOther(pod: Pod, { container, whose }: Death): readonly Fix[] {
  const limit = resourcesOf(container).memoryLimit;
  const can = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(pod.workload?.kind ?? '');
  if (limit === undefined || !can) return [];
  const twice = memoryQuantity(limit * 2);
  if (whose === 'linkerd-proxy') return [raiseLinkerdProxy(pod, twice)];
  return [
    {
      does: `Raise the memory limit of ${container.name} in ${targetOf(pod)}`,
      ...setResources(pod, container.name, words`--limits=memory=${twice}`),
      note: 'Twice the limit it died at. If it grows without end, this only delays it: that is for the application to mend.',
    },
  ];
}

/** By the annotation that the injector reads (linkerd2 pkg/k8s/labels.go ProxyMemoryLimitAnnotation). */
function raiseLinkerdProxy(pod: Pod, limit: string): Fix {
  const patch = annotating({ 'config.linkerd.io/proxy-memory-limit': limit });
  return {
    does: `Raise the memory limit of the linkerd-proxy in ${targetOf(pod)}`,
    ...rollingOut(pod, kubectl`patch ${where(pod)} --type=merge -p ${patch}`),
    note: 'Twice the limit it died at.',
  };
}

export function readLimitRange({ namespace }: PodRef): Fix {
  return inspect('Read the LimitRange', kubectl`get limitranges -n ${namespace} -o yaml`);
}

export function seeConfig({ namespace, name }: PodRef): Fix {
  return inspect('See what it is sent', istioctl`proxy-config cluster ${name} -n ${namespace}`);
}

export function readEnd({ namespace, name }: PodRef, container: Container): Fix {
  return inspect(
    'Read how it ended',
    kubectl`logs ${name} -n ${namespace} -c ${container.name} --previous --tail=50`,
  );
}

export function seeProbe({ namespace, name }: PodRef): Fix {
  return inspect('See the probe and what it got', kubectl`describe pod ${name} -n ${namespace}`);
}

export function seeNode(does: string, { node = '' }: Pod): Fix {
  return inspect(does, kubectl`describe node ${node}`);
}

function setResources(pod: Pod, container: string, flags: Words) {
  return rollingOut(pod, kubectl`set resources ${where(pod)} -c ${container} ${flags}`);
}

/** A change of the pod template: all its pods are made anew. */
function rollingOut(pod: Pod, run: Command): Omit<Fix, 'does' | 'note'> {
  return {
    run,
    risk: 'restarts-pods',
    touches: `every pod of ${targetOf(pod)} in ${pod.ref.namespace}, one after another`,
    undo: { run: kubectl`rollout undo ${where(pod)}` },
    verify: verify(pod),
  };
}

/** A merge patch of the pod template. */
function annotating(annotations: object): string {
  return JSON.stringify({ spec: { template: { metadata: { annotations } } } });
}

/** A new pod has a new name, so its workload is what is diagnosed next. */
function verify(pod: Pod): Command {
  return meshdoc`diagnose oom ${where(pod)}`;
}

function where(pod: Pod): Words {
  return words`${targetOf(pod)} -n ${pod.ref.namespace}`;
}

function targetOf({ workload, ref }: Pod): string {
  return workload ? `${workload.kind.toLowerCase()}/${workload.name}` : `pod/${ref.name}`;
}
