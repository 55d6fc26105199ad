// Less config: a Sidecar that imports only what a workload really calls.
import { age, count, kubectl, type Fix, type KubeObject } from '../../../src/authoring.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Labels } from '../../../src/model/kube/labels.ts';
import { targetOf, where } from './fixes.ts';

type Calls = {
  /** The labels that select the pods of the workload. */
  readonly selector: Labels;
  readonly called: Called;
  readonly root: string;
};

/** Only where the workload of the pods and their calls are known. */
export function narrowScope(pod: Pod, uptimeS: number, calls: Calls): readonly Fix[] {
  const { namespace } = pod.ref;
  const scope = pod.workload && proposeScope({ namespace, workload: pod.workload.name, ...calls });
  if (!scope) return [];
  const { called, known } = calls.called;
  const services = `${count(called.length, 'service')} instead of ${known.toLocaleString('en-US')}`;
  const brief = uptimeS < 3600 ? ', a short time' : '';
  return [
    {
      does: `Add a Sidecar that limits the config of ${targetOf(pod)} to what it calls`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(scope) },
      risk: 'changes-traffic',
      touches: `every pod of ${targetOf(pod)} in ${namespace}: its proxy gets the config of ${services}`,
      undo: {
        run: kubectl`delete sidecars.networking.istio.io ${scope.metadata.name} -n ${namespace}`,
      },
      // Without a restart: the status keeps showing the last kill.
      verify: kubectl`exec ${where(pod)} -c istio-proxy -- pilot-agent request
        GET stats?filter=active_clusters`,
      note: `It lists only the hosts called in the ${age(uptimeS * 1000)} since Envoy started${brief}. Add hosts that are called less often before you apply it: any other host is then called without the mesh (no mTLS, no routes), or not at all with outboundTrafficPolicy REGISTRY_ONLY.`,
    },
  ];
}

/** `undefined` when nothing was called: an empty Sidecar would cut off what is called tomorrow. */
export function proposeScope(
  wanted: Calls & { readonly namespace: string; readonly workload: string },
): KubeObject | undefined {
  const { namespace, workload, selector, called, root } = wanted;
  if (called.called.length === 0 || Object.keys(selector).length === 0) return undefined;
  const hosts = called.called.map(({ host }) => importOf(host)).sort();
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'Sidecar',
    metadata: { name: `${workload}-calls`, namespace },
    spec: {
      workloadSelector: { labels: selector },
      egress: [{ hosts: [...new Set([...hosts, `${root}/*`])] }],
    },
  };
}

/** `shop/cart.shop.svc.cluster.local`; the host of a ServiceEntry may be defined in any namespace. */
function importOf(host: string): string {
  const [, namespace] = /^[^.]+\.([^.]+)\.svc\./.exec(host) ?? [];
  return `${namespace ?? '*'}/${host}`;
}
