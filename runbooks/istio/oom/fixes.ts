// What can be done about a proxy that has too little memory: give it more, or send it less.
import {
  inspect,
  kubectl,
  type Command,
  type Fix,
  words,
  type Words,
} from '../../../src/authoring.ts';

type ResourceSlots = Readonly<
  Record<
    | 'way'
    | 'target'
    | 'namespace'
    | 'name'
    | 'patch'
    | 'undo'
    | 'limits'
    | 'requests'
    | 'gateway'
    | 'because'
    | 'owned',
    string
  >
>;

/** More memory, at the place that counts for this pod. */
export function raiseLimits(a: ResourceSlots, verify: Command): Fix {
  const wanted = `limits ${a.limits}, requests ${a.requests}`;
  switch (a.way) {
    case 'container':
      return setResources(a, verify);
    case 'gateway':
      return {
        ...inspect(
          `Give the proxy more in the ConfigMap that the Gateway's infrastructure.parametersRef names`,
          kubectl`get gateways.gateway.networking.k8s.io ${named(a)} -o yaml`,
          verify,
        ),
        note: `istiod makes this Deployment and puts it back when it is edited. Wanted: ${wanted} (${a.because}).`,
      };
    case 'bare':
      return {
        ...inspect(
          'Save the manifest of the pod, then make it anew with the annotations of the note',
          kubectl`get pod ${a.name} -n ${a.namespace} -o yaml`,
          verify,
        ),
        note: `No controller would make this pod again. Wanted: ${wanted} (${a.because}).`,
      };
    case 'elsewhere':
      return {
        ...inspect(
          'Set the four resource annotations where the pod template is made',
          kubectl`get pod ${a.name} -n ${a.namespace} -o yaml`,
          verify,
        ),
        note: `The template of ${a.target} is not changed here. Wanted: ${wanted} (${a.because}).`,
      };
    default:
      return setAnnotations(a, verify);
  }
}

function named({ gateway, namespace }: ResourceSlots): Words {
  return gateway === '' ? words`-A` : words`${gateway} -n ${namespace}`;
}

function setAnnotations(a: ResourceSlots, verify: Command): Fix {
  const patch = (body: string) =>
    kubectl`patch ${a.target} -n ${a.namespace} --type merge -p ${body}`;
  return {
    does: `Set all four resource annotations of the proxy on ${a.target}`,
    run: patch(a.patch),
    risk: 'restarts-pods',
    touches: `every pod of ${a.target} in ${a.namespace}, one after another`,
    undo:
      a.undo === ''
        ? { because: 'the annotations that the template has now could not be read: save it first' }
        : { run: patch(a.undo) },
    verify,
    note: `${a.because}. All four, for one alone drops the mesh's defaults.${owned(a)} Kubernetes 1.33 and later can raise one running pod without a restart: kubectl patch pod --subresource resize.`,
  };
}

function setResources(a: ResourceSlots, verify: Command): Fix {
  return {
    does: `Raise the resources of the container istio-proxy in ${a.target}`,
    run: kubectl`set resources ${a.target} -n ${a.namespace} -c istio-proxy
      --limits=${a.limits} --requests=${a.requests}`,
    risk: 'restarts-pods',
    touches: `every pod of ${a.target} in ${a.namespace}, one after another`,
    undo: { run: kubectl`rollout undo ${a.target} -n ${a.namespace}` },
    verify,
    note: `${a.because}. The template has this container of its own, so annotations do not reach it.${owned(a)}`,
  };
}

function owned({ owned: by }: { readonly owned: string }): string {
  return by === '' ? '' : ` ${by} owns the workload: change it there, or it comes back.`;
}

type ScopeSlots = Readonly<
  Record<'scope' | 'scopeName' | 'target' | 'namespace' | 'uptime' | 'brief' | 'services', string>
>;

/** Less config: none when what the proxy calls is not known. */
export function narrowScope(a: ScopeSlots): readonly Fix[] {
  if (a.scope === '') return [];
  return [
    {
      does: `Send the proxies of ${a.target} only what they call, with a Sidecar`,
      run: { ...kubectl`apply -f -`, stdin: a.scope },
      risk: 'changes-traffic',
      touches: `what the pods of ${a.target} in ${a.namespace} know of the mesh: ${a.services}`,
      undo: {
        run: kubectl`delete sidecars.networking.istio.io ${a.scopeName} -n ${a.namespace}`,
      },
      // Without a restart: the status goes on telling of the last end.
      verify: kubectl`exec ${a.target} -n ${a.namespace} -c istio-proxy -- pilot-agent request
        GET stats?filter=active_clusters`,
      note: `The hosts are those called in the ${a.uptime} since Envoy started, and no others${a.brief}. Add what is called more rarely before you apply it: a host that is left out is then called without the mesh (no mTLS, no routes), or not at all with outboundTrafficPolicy REGISTRY_ONLY.`,
    },
  ];
}

type StatSlots = Readonly<Record<'stats' | 'namespace', string>>;

/** Only a person knows which label is worth its price. */
export function fewerStats(a: StatSlots, verify: Command): readonly Fix[] {
  if (a.stats === '') return [];
  return [
    {
      ...inspect(
        'See which Telemetry or proxyStatsMatcher adds the label',
        kubectl`get telemetries.telemetry.istio.io -A -o yaml`,
        verify,
      ),
      note: `${a.stats}. Remove the label with a Telemetry tagOverride REMOVE, or narrow the inclusion patterns of proxyStatsMatcher.`,
    },
  ];
}
