// Fixes that give a container more memory. How a proxy gets more depends on what made its pod.
import {
  inspect,
  kubectl,
  meshdoc,
  valueOf,
  words,
  type Answer,
  type Command,
  type Fix,
  type Words,
} from '../../../src/authoring.ts';
import { workloadKinds, type ProxyResources } from '../../../src/facts/istio/proxy-resources.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import {
  istioDefaults,
  readResources,
  size,
  type Measured,
  type Sized,
} from '../../../src/model/istio/memory-size.ts';
import { meshRole } from '../../../src/model/istio/mesh-pod.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { memoryQuantity } from '../../../src/model/kube/quantity.ts';
import { wayBack, type Changes } from '../../../src/model/kube/workload-fixes.ts';
import type { Death } from './deaths.ts';
import { overridden } from './memory.ts';

/** On Deployments that istiod makes (istio pilot/pkg/config/kube/gateway/deploymentcontroller.go). */
const gatewayLabel = 'gateway.networking.k8s.io/gateway-name';

/** Where the resources of its proxy are set. */
export function placeOf(pod: Pod): 'gateway' | 'bare' | 'elsewhere' | 'container' | 'annotations' {
  const role = meshRole(pod);
  if (pod.labels[gatewayLabel] !== undefined || role.is === 'waypoint') return 'gateway';
  if (!pod.workload) return 'bare';
  // The template of a Job cannot be changed; for a kind unknown here nothing can be said.
  if (pod.workload.kind === 'Job' || !workloadKinds[pod.workload.kind]) return 'elsewhere';
  return role.is === 'gateway' || overridden(pod) ? 'container' : 'annotations';
}

/** Sizes the proxy from what was measured. */
export function giveMore(
  pod: Pod,
  proxy: Container,
  resources: Answer<ProxyResources> | undefined,
  seen: Pick<Measured, 'usage' | 'peak' | 'killedAtLimit'>,
): Fix {
  const now = valueOf(resources);
  const defaults = now?.defaults ?? istioDefaults;
  return raiseProxy(pod, now, size({ now: readResources(proxy.resources), defaults, ...seen }));
}

/** More memory, set where it takes effect for this pod. */
export function raiseProxy(pod: Pod, now: ProxyResources | undefined, to: Sized): Fix {
  const { ref, labels } = pod;
  const limits = `cpu=${to.cpuLimit},memory=${to.memoryLimit}`;
  const requests = `cpu=${to.cpuRequest},memory=${to.memoryRequest}`;
  const read = kubectl`get pod ${ref.name} -n ${ref.namespace} -o yaml`;
  const byHand = (does: string, why: string, run: Command = read): Fix => ({
    ...inspect(does, run, again(pod)),
    note: `${why} Set limits ${limits} and requests ${requests} (${to.because}).`,
  });
  switch (placeOf(pod)) {
    case 'gateway': {
      const name = labels[gatewayLabel] ?? '';
      const which = name === '' ? words`-A` : words`${name} -n ${ref.namespace}`;
      return byHand(
        "Raise its memory in the ConfigMap that the Gateway's infrastructure.parametersRef names",
        'istiod manages this Deployment and reverts manual changes.',
        kubectl`get gateways.gateway.networking.k8s.io ${which} -o yaml`,
      );
    }
    case 'bare':
      return byHand(
        "Save the pod's manifest, then recreate it with the resources in the note",
        'No controller recreates this pod.',
      );
    case 'elsewhere':
      return byHand(
        'Set the four resource annotations where the pod template is defined',
        `meshdoc has no command that changes the template of ${targetOf(pod)}.`,
      );
    case 'container':
      return {
        does: `Raise the resources of container istio-proxy in ${targetOf(pod)}`,
        ...rollingOut(
          pod,
          kubectl`set resources ${where(pod)} -c istio-proxy
            --limits=${limits} --requests=${requests}`,
        ),
        note: `${to.because}. The pod template defines this container itself, so annotations do not affect it.${ownedText(now)}`,
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
  const patch = (annotations: Changes) =>
    kubectl`patch ${where(pod)} --type merge -p ${annotating(annotations)}`;
  return {
    does: `Set all four resource annotations of the proxy on ${targetOf(pod)}`,
    ...rollingOut(pod, patch(wanted)),
    undo: now?.template
      ? { run: patch(wayBack(wanted, now.template)) }
      : { because: 'the current annotations of the template could not be read; save it first' },
    note: `${to.because}. Set all four: setting only some drops the mesh's defaults.${ownedText(now)} Kubernetes 1.33 and later can raise one running pod without a restart: kubectl patch pod --subresource resize.`,
  };
}

function ownedText(now: ProxyResources | undefined): string {
  const owner = now?.owner ?? '';
  return owner === ''
    ? ''
    : ` ${owner} manages the workload: make the change there, or it will be reverted.`;
}

/** Twice the limit at which it was killed, for a workload whose template can be changed. */
export function raiseOther(pod: Pod, { container, whose }: Death): readonly Fix[] {
  const limit = readResources(container.resources).memoryLimit;
  const can = ['Deployment', 'StatefulSet', 'DaemonSet'].includes(pod.workload?.kind ?? '');
  if (limit === undefined || !can) return [];
  const twice = memoryQuantity(limit * 2);
  const note = 'Twice the limit at which it was killed.';
  if (whose === 'linkerd-proxy') {
    // By the annotation that the injector reads (linkerd2 pkg/k8s/labels.go ProxyMemoryLimitAnnotation).
    const patch = annotating({ 'config.linkerd.io/proxy-memory-limit': twice });
    const does = `Raise the memory limit of the linkerd-proxy in ${targetOf(pod)}`;
    return [
      { does, ...rollingOut(pod, kubectl`patch ${where(pod)} --type=merge -p ${patch}`), note },
    ];
  }
  const { name } = container;
  const does = `Raise the memory limit of ${name} in ${targetOf(pod)}`;
  const run = kubectl`set resources ${where(pod)} -c ${name} --limits=memory=${twice}`;
  const grows = 'If its memory keeps growing, this only delays the next kill: fix the application.';
  return [{ does, ...rollingOut(pod, run), note: `${note} ${grows}` }];
}

/** A changed pod template replaces all its pods. */
function rollingOut(pod: Pod, run: Command): Omit<Fix, 'does' | 'note'> {
  return {
    run,
    risk: 'restarts-pods',
    touches: `every pod of ${targetOf(pod)} in ${pod.ref.namespace}, one after another`,
    undo: { run: kubectl`rollout undo ${where(pod)}` },
    verify: again(pod),
  };
}

/** A merge patch of the pod template. */
function annotating(annotations: Changes): string {
  return JSON.stringify({ spec: { template: { metadata: { annotations } } } });
}

/** A new pod has a new name, so its workload is what is diagnosed next. */
export function again(pod: Pod): Command {
  return meshdoc`diagnose oom ${where(pod)}`;
}

export function where(pod: Pod): Words {
  return words`${targetOf(pod)} -n ${pod.ref.namespace}`;
}

export function targetOf({ workload, ref }: Pod): string {
  return workload ? `${workload.kind.toLowerCase()}/${workload.name}` : `pod/${ref.name}`;
}
