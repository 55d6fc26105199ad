// Less config: the Sidecar that lets in what a workload really calls, and nothing else.
import { age, count, kubectl, type Fix, type KubeObject } from '../../../src/authoring.ts';
import type { Called } from '../../../src/facts/istio/called.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Labels } from '../../../src/model/kube/labels.ts';
import { targetOf, where } from './fixes.ts';

type Calls = {
  /** The labels that the pods of the workload are found by. */
  readonly selector: Labels;
  readonly called: Called;
  readonly root: string;
};

/** Where it is known whose pods these are, and what they call. */
export function narrowScope(pod: Pod, uptimeS: number, calls: Calls): readonly Fix[] {
  const { namespace } = pod.ref;
  const scope = pod.workload && proposeScope({ namespace, workload: pod.workload.name, ...calls });
  if (!scope) return [];
  const { called, known } = calls.called;
  const services = `${count(called.length, 'service')} instead of ${known.toLocaleString('en-US')}`;
  const brief = uptimeS < 3600 ? ', which is a short time' : '';
  return [
    {
      does: `Send the proxies of ${targetOf(pod)} only what they call, with a Sidecar`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(scope) },
      risk: 'changes-traffic',
      touches: `what the pods of ${targetOf(pod)} in ${namespace} know of the mesh: ${services}`,
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

/** `undefined` when nothing was called: a Sidecar of nothing would cut what is called tomorrow. */
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

/** `shop/cart.shop.svc.cluster.local`; a host of a ServiceEntry may be defined in any namespace. */
function importOf(host: string): string {
  const [, namespace] = /^[^.]+\.([^.]+)\.svc\./.exec(host) ?? [];
  return `${namespace ?? '*'}/${host}`;
}
