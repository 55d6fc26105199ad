// Why a pod gets no proxy, one row a reason of the evaluator: what is said, what follows from it, what opens the gate.
import { cite, table, type Fix, type Found } from '../../../src/authoring.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import {
  mended,
  reasonsOf,
  type Mend,
  type Reason,
} from '../../../src/model/linkerd/inject/reasons.ts';
import { templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import { gainsText, missText, rowsOf } from '../../shared/admission/gates.ts';
import { fixes, keepIstioOff, mendNamespace, type Change } from './fixes.ts';
import { verdictFor } from './here.ts';
import type { View } from './view.ts';

/** A webhook that is not called leaves no event either. */
const unasked = 'The pod starts without a proxy, and nothing says so.';
const silent = 'The pod starts without a proxy, and only an event of its owner says so.';

const { letInAlone, patch, readManifest, readSelectors } = fixes;
const common = rowsOf(
  {
    mesh: 'Linkerd',
    proxy: 'proxy',
    leaves: 'the injector leaves such pods as they are',
  },
  fixes,
);

const gates = table<Gate, Case>()({
  // The webhook is not called.
  'no-webhook': {
    says: 'No webhook in this cluster injects Linkerd: {installed}.',
    means:
      'Without linkerd-proxy-injector-webhook-config no pod gets a proxy, whatever its annotations say.',
    fixes: ({ of }) => [fixes.seeWebhooks(of)],
  },
  'webhooks-off': {
    says: 'Namespace {namespace} keeps the injector out: its label config.linkerd.io/admission-webhooks is "{value}".',
    means: `The webhook is not called for {subject}, whatever is annotated. ${unasked}`,
    fixes: (c, { mend }) => mendNamespace(c, mend),
  },
  'system-namespace': {
    says: 'The webhook leaves out namespace {namespace} by its name.',
    means:
      'Linkerd does so for kube-system and cert-manager, which it needs itself to start. {subject} gets a proxy in another namespace alone.',
    fixes: ({ of, first }) => [readSelectors(of, first)],
  },
  'linkerd-label': {
    says: '{subject} has the label {label}, and the webhook leaves out such pods.',
    means: `Linkerd's own parts are known by it; on anything else it is a copy that went too far. ${unasked}`,
    fixes: (c, { mend }) => open(c, mend, `Take the label off the pods of ${c.name}`),
  },
  excluded: common.excluded,

  // The webhook is called, and the injector leaves the pod as it is.
  'not-annotated': {
    says: 'Neither namespace {namespace} nor the pods of {subject} have the annotation linkerd.io/inject.',
    means: `Linkerd injects only what asks for it, by the values enabled and ingress. ${silent}`,
    fixes: (c, { mend, alone }) => [...mendNamespace(c, mend), ...letInAlone(c.of, alone)],
  },
  'namespace-off': {
    says: 'Namespace {namespace} says linkerd.io/inject=disabled.',
    means: `{subject} does not ask for a proxy itself, which would outweigh it. ${silent}`,
    fixes: (c, { mend, alone }) => [...mendNamespace(c, mend), ...letInAlone(c.of, alone)],
  },
  'label-not-annotation': {
    says: '{owner} has linkerd.io/inject as a label, and the injector reads annotations alone.',
    means: `The word is in the wrong place: {value} counts for nothing there. ${silent}`,
    fixes: (c, { mend }) => open(c, mend, `Make the label of ${c.name} an annotation`),
  },
  'annotation-on-workload': {
    says: '{subject} has linkerd.io/inject={value} on the {kind}, not on its pod template, where the injector looks.',
    means: `The pods are made without it. ${silent}`,
    fixes: (c, { mend }) => open(c, mend, `Put the annotation on the pod template of ${c.name}`),
  },
  'wrong-value': {
    says: '{owner} says linkerd.io/inject="{value}", and the only values are enabled, ingress and disabled.',
    means: `A value that is not known turns injection off, on a namespace even for pods that say enabled. ${silent}`,
    fixes: (c, { mend }) => open(c, mend, `Set the annotation of ${c.name}`),
  },
  'opted-out': {
    says: '{subject} opts out: its pods say linkerd.io/inject=disabled.',
    means: 'The webhook is called, and the injector leaves the pod as it is.',
    fixes: (c, { mend }) => open(c, mend, `Take the annotation off the pods of ${c.name}`),
  },
  'host-network': common['host-network'],
  'istio-sidecar': {
    says: "{subject} has Istio's {container}, and Linkerd's injector leaves such pods as they are.",
    means:
      "Two proxies cannot redirect one pod. Istio's webhook comes first, so Linkerd's finds its sidecar in place: {asks}.",
    fixes: ({ of }) => keepIstioOff(of),
  },
  'half-injected': {
    says: '{subject} has {container} in its own template, and the injector takes that for a proxy in place.',
    means:
      'A manifest that was injected by hand, or copied from a pod that was, keeps its old containers for good. They are to be taken out where the manifest is kept.',
    fixes: ({ of }) => [readManifest(of, 'See the containers of the template')],
  },
  'no-token': {
    says: '{subject} mounts no token, and this install of Linkerd needs one to identify its proxies.',
    means:
      'automountServiceAccountToken is false, and so is the value identity.serviceAccountTokenProjection, which is true by default and makes the mount unnecessary.',
    fixes: ({ of }) => [readManifest(of, 'See who turns the mount off')],
  },
});
export const { findings } = gates;

type Gate = ReturnType<typeof gateOf>;

/** A reason, by the id of its finding. */
function gateOf(reason: Reason) {
  switch (reason.is) {
    case 'not-asked':
      return { ...reason, is: 'not-annotated' } as const;
    case 'label':
      return { ...reason, is: 'label-not-annotation', value: reason.label } as const;
    case 'value':
      return { ...reason, is: 'wrong-value' } as const;
    case 'mesh-part':
      return { ...reason, is: 'linkerd-label' } as const;
    default:
      return reason;
  }
}

/** What a row may name beside its reason. */
type Case = Change & {
  readonly subject: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Whose label or annotation it is. */
  readonly owner: string;
  /** The webhook that is called first. */
  readonly first: string;
  /** Whether Linkerd is there at all, as its control plane tells. */
  readonly installed: string;
  /** Where Istio is asked for. */
  readonly asks: string;
  readonly miss: string | undefined;
};

/** Every lock on the way of a workload, one after another. */
export function closedTo(view: View, of: Subject): readonly Found[] {
  return reasonsFor(view, of).map((reason) => closedBy(view, of, reason));
}

function reasonsFor({ world, namespace }: View, of: Subject): readonly Reason[] {
  const { workloadLabels: labels, workloadAnnotations: annotations } = of;
  return reasonsOf(world, namespace, { pod: templateOf(of), workload: { labels, annotations } });
}

function closedBy(view: View, of: Subject, reason: Reason): Found {
  const { namespace, plane, from, sure } = view;
  const gains = reason.mend.on === 'namespace' ? gainsOf(view, of, reason.mend) : undefined;
  const c: Case = {
    ...{ ...of.maker, of, here: namespace, gains },
    subject: of.text,
    owner: 'on' in reason && reason.on === 'namespace' ? `Namespace ${namespace.name}` : of.text,
    first: view.world.webhooks[0]?.configuration ?? '',
    installed:
      plane?.kind === 'known'
        ? `its control plane is in ${plane.value.namespace}, and its webhook is gone`
        : 'its control plane is not here either',
    asks: istioText(view, of),
    miss: reason.is === 'excluded' ? missText(reason.miss) : undefined,
  };
  const seen = reason.is === 'no-webhook' ? cite(...from, plane) : from;
  return gates.tell(gateOf(reason), c, { from: seen, sure, reach: gains });
}

/** By the namespace where that is what is wrong, else by the pods themselves. */
function open(c: Case, mend: Mend, does: string): readonly Fix[] {
  return mend.on === 'namespace' ? mendNamespace(c, mend) : patch(c.of, mend, does);
}

/** How far the change would reach. */
function gainsOf(view: View, subject: Subject, mend: Mend): string {
  const after = { ...view, namespace: mended(view.namespace, mend) };
  const isIn = (here: View, one: Subject) => verdictFor(here, one).is === 'injected';
  return gainsText(view, subject, 'proxy', (one) => !isIn(view, one) && isIn(after, one));
}

const istioLabels = ['istio-injection', 'istio.io/rev'] as const;

function istioText({ namespace }: View, { template }: Subject): string {
  const asking = istioLabels.find((key) => namespace.labels[key] !== undefined);
  if (asking !== undefined) {
    return `namespace ${namespace.name} has the label ${asking}=${namespace.labels[asking] ?? ''}`;
  }
  return template.labels['sidecar.istio.io/inject'] === 'true'
    ? 'its pods have the label sidecar.istio.io/inject=true'
    : 'it stands in the pods themselves';
}

const inShort: Readonly<Partial<Record<Reason['is'], string>>> = {
  'not-asked': 'not annotated',
  'namespace-off': 'the namespace says disabled',
  label: 'a label in place of an annotation',
  'annotation-on-workload': 'annotated on the workload, not on its template',
  'host-network': 'hostNetwork',
  'istio-sidecar': "Istio's sidecar",
};

/** The reason in a few words, where several workloads are told of in one line. */
export function shortReason(view: View, subject: Subject): string {
  const [reason] = reasonsFor(view, subject);
  if (!reason) return 'not known';
  if (reason.is === 'value') return `value ${reason.value}`;
  return inShort[reason.is] ?? reason.is.replaceAll('-', ' ');
}
