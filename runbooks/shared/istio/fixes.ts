// Fixes that change Istio's or Kubernetes' config, built so that each carries its own undo.
import { inspect, kubectl, type Command, type Fix, type Undo } from '../../../src/authoring.ts';

/** Slot values are text; an undo that is a manifest travels as such, and anything else says why there is none. */
function undoOf(manifest: string): Undo {
  return manifest.startsWith('{')
    ? { run: { ...kubectl`apply -f -`, stdin: manifest } }
    : { because: manifest };
}

type CulpritSlots = Readonly<
  Record<'kind' | 'plural' | 'name' | 'namespace' | 'undo' | 'pod' | 'owned', string>
>;

/** Look first; then remove what Envoy refuses. */
export function removeCulprit(a: CulpritSlots, verify: Command): readonly Fix[] {
  return [
    inspect(
      `Read ${a.kind} ${a.name} and correct it where it is kept`,
      kubectl`get ${a.plural} ${a.name} -n ${a.namespace} -o yaml`,
      verify,
    ),
    {
      does: `Or remove ${a.kind} ${a.name}: the proxies then accept the next push`,
      run: kubectl`delete ${a.plural} ${a.name} -n ${a.namespace}`,
      risk: 'changes-traffic',
      touches: `every proxy that ${a.namespace}/${a.name} selects; what it added is gone`,
      undo: undoOf(a.undo),
      verify,
      ...(a.owned === '' ? {} : { note: a.owned.trim() }),
    },
  ];
}

type EffectSlots = Readonly<
  Record<
    'does' | 'kind' | 'name' | 'namespace' | 'patch' | 'undo' | 'touches' | 'pod' | 'owned',
    string
  >
>;

/** A patch with its reverse; without one, the field to edit. */
export function effectFix(a: EffectSlots, verify: Command): readonly Fix[] {
  const target = a.kind.toLowerCase();
  const read = kubectl`get ${target} ${a.name} -n ${a.namespace} -o yaml`;
  if (a.patch === '')
    return [
      inspect(
        `Read ${a.kind} ${a.name}${a.does === '' ? '' : `, then: ${lowerFirst(a.does)}`}`,
        read,
        verify,
      ),
    ];
  const patch = (body: string) =>
    kubectl`patch ${target} ${a.name} -n ${a.namespace} --type=json -p ${body}`;
  return [
    {
      does: a.does,
      run: patch(a.patch),
      risk: 'changes-traffic',
      touches: a.touches,
      undo:
        a.undo === ''
          ? { because: 'the patch fails when the object has changed since' }
          : { run: patch(a.undo) },
      verify,
      ...(a.owned === '' ? {} : { note: a.owned }),
    },
  ];
}

export function scaleUp(deployment: string, root: string, verify: Command): Fix {
  const scale = (n: number) => kubectl`scale deployment/${deployment} -n ${root} --replicas=${n}`;
  return {
    does: `Start istiod again`,
    run: scale(1),
    risk: 'restarts-control-plane',
    touches: 'the control plane; every proxy connects to it',
    undo: { run: scale(0) },
    verify,
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there.',
  };
}

type PolicySlots = Readonly<
  Record<'policyName' | 'policyNamespace' | 'root' | 'selected' | 'way' | 'pod', string>
>;

/** One more policy beside the one that blocks: policies only ever add up. */
export function change(
  kind: 'allow-istiod' | 'allow-proxies',
  a: PolicySlots,
  verify: Command,
): Fix {
  const policy = kind === 'allow-istiod' ? egressPolicy(a) : ingressPolicy(a);
  const { name, namespace } = policy.metadata;
  return {
    does: `Allow ${a.way} between the proxies and istiod with a policy of its own`,
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(policy) },
    risk: 'changes-security',
    touches:
      kind === 'allow-istiod'
        ? `egress of the pods that ${a.policyNamespace}/${a.policyName} selects: to istiod and DNS alone`
        : `ingress of istiod: from every namespace, on its xDS and CA port alone`,
    undo: { run: kubectl`delete networkpolicy ${name} -n ${namespace}` },
    verify,
  };
}

function egressPolicy(a: PolicySlots) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow-istiod', namespace: a.policyNamespace },
    spec: {
      podSelector: JSON.parse(a.selected) as object,
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': a.root } },
              podSelector: { matchLabels: { app: 'istiod' } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 15_012 }],
        },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  };
}

function ingressPolicy(a: PolicySlots) {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow-proxies', namespace: a.root },
    spec: {
      podSelector: { matchLabels: { app: 'istiod' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 15_012 }] }],
    },
  };
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
