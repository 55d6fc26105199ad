// Why a pod gets no proxy, one row for each reason of the evaluator: what is said, what follows, and the fixes.
import { cite, table, type Fix, type Found } from '../../../src/authoring.ts';
import { isNobody, type Subject } from '../../../src/model/kube/subject.ts';
import {
  mended,
  reasonsOf,
  type Mend,
  type Reason,
} from '../../../src/model/linkerd/inject/reasons.ts';
import { templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import { gainsText, keptOutText, missText, rowsOf } from '../../shared/admission/gates.ts';
import { fixes, keepIstioOff, mendNamespace, type Change } from './fixes.ts';
import { bringWebhookBack } from './fixes/upgrade.ts';
import { verdictFor } from './here.ts';
import type { View } from './view.ts';

/** If the webhook is not called, there is no event either. */
const unasked = 'The pod starts without a proxy, and nothing reports it.';
const silent = 'The pod starts without a proxy; the only trace is an event on its owner.';

const { letInAlone, patch, readManifest, readSelectors } = fixes;
const common = rowsOf(
  {
    mesh: 'Linkerd',
    proxy: 'proxy',
    leaves: 'the injector skips such pods',
  },
  fixes,
);

const gates = table<Gate, Case>()({
  // The webhook is not called.
  'no-webhook': {
    says: 'No webhook in this cluster injects the Linkerd proxy: {installed}.',
    means:
      'Without linkerd-proxy-injector-webhook-config no pod gets a proxy, whatever its annotations say.',
    fixes: ({ of, root }) => [
      fixes.seeWebhooks(of),
      ...(root === undefined ? [] : [bringWebhookBack(of, root), ...renewThen(of)]),
    ],
  },
  'webhooks-off': {
    says: 'Namespace {namespace} turns the injector off: its label config.linkerd.io/admission-webhooks is "{value}".',
    means: `The webhook is not called for {subject}, whatever the annotations say. ${unasked}`,
    fixes: (c, { mend }) => mendNamespace(c, mend),
  },
  'system-namespace': {
    says: 'Namespace {namespace} is excluded from injection: the webhook skips it by name.',
    means:
      'Linkerd skips kube-system and cert-manager, which it needs to start itself. {subject} can get a proxy only in another namespace.',
    fixes: ({ of, first }) => [readSelectors(of, first)],
  },
  'linkerd-label': {
    says: '{subject} has the label {label}, and the webhook skips such pods.',
    means: `The label marks Linkerd's own parts; anything else has it by a mistaken copy. ${unasked}`,
    fixes: (c, { mend }) => open(c, mend, `Remove the label from the pods of ${c.name}`),
  },
  excluded: common.excluded,

  // The webhook is called, and the injector skips the pod.
  'not-annotated': {
    says: 'Neither namespace {namespace} nor {asker} asks for a proxy with the annotation linkerd.io/inject.',
    means: `Linkerd injects only what asks for it, with the value enabled or ingress. {nothing} ${silent}`,
    fixes: (c, { mend, alone }) => [...mendNamespace(c, mend), ...letInAlone(c.of, alone)],
  },
  'namespace-off': {
    says: 'Namespace {namespace} turns injection off: it is annotated linkerd.io/inject=disabled.',
    means: `{subject} has no annotation of its own that overrides it. ${silent}`,
    fixes: (c, { mend, alone }) => [...mendNamespace(c, mend), ...letInAlone(c.of, alone)],
  },
  'label-not-annotation': {
    says: '{owner} has linkerd.io/inject as a label, but the injector only reads annotations.',
    means: `As a label, the value {value} has no effect. ${silent}`,
    fixes: (c, { mend }) => open(c, mend, `Replace the label of ${c.name} with an annotation`),
  },
  'annotation-on-workload': {
    says: '{subject} has the {sort} linkerd.io/inject={value} on the {kind} itself, but the injector only reads annotations of its pod template.',
    means: `Its pods are created without the annotation. ${silent}`,
    fixes: (c, { mend }) => open(c, mend, `Add the annotation to the pod template of ${c.name}`),
  },
  'wrong-value': {
    says: '{owner} has linkerd.io/inject="{value}", but the only values are enabled, ingress and disabled.',
    means: `An unknown value turns injection off; on a namespace, even for pods with the value enabled. ${silent}`,
    fixes: (c, { mend }) =>
      open(c, mend, `Set the annotation linkerd.io/inject of ${c.name} to enabled`),
  },
  'opted-out': {
    says: '{subject} opts out: its pods are annotated linkerd.io/inject=disabled.',
    means: 'The webhook is called, but the injector skips the pod.',
    fixes: (c, { mend }) =>
      open(c, mend, `Remove the annotation linkerd.io/inject from the pods of ${c.name}`),
  },
  'host-network': common['host-network'],
  'istio-sidecar': {
    says: "{subject} has Istio's {container}, so Linkerd's injector skips it.",
    means:
      "Two proxies cannot redirect one pod. Istio's webhook is called first, so Linkerd's finds the sidecar: {asks}.",
    fixes: ({ of }) => keepIstioOff(of),
  },
  'half-injected': {
    says: '{subject} has {container} in its own pod template, so the injector skips it as already injected.',
    means:
      'The manifest was injected by hand, or copied from an injected pod, and keeps the old containers. Remove them where the manifest is kept.',
    fixes: ({ of }) => [readManifest(of, 'Read the containers of the pod template')],
  },
  'no-token': {
    says: '{subject} mounts no service account token, but this Linkerd install needs one to identify its proxies.',
    means:
      'automountServiceAccountToken is false, and so is the install value identity.serviceAccountTokenProjection. With its default, true, the mount is not needed.',
    fixes: ({ of }) => [
      readManifest(of, 'Check where automountServiceAccountToken is set to false'),
    ],
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
  /** Who could ask beside the namespace. */
  readonly asker: string;
  /** That nothing runs there, as a sentence. */
  readonly nothing: string | undefined;
  /** The webhook that is called first. */
  readonly first: string;
  /** Whether a control plane of Linkerd is there at all. */
  readonly installed: string;
  /** Its namespace. */
  readonly root: string | undefined;
  /** What asks for Istio's sidecar. */
  readonly asks: string;
  readonly miss: string | undefined;
};

/** Every reason why a workload is not injected, in the order to fix them. */
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
    asker: isNobody(of) ? 'a pod in it' : of.text,
    nothing: isNobody(of) ? 'No pod runs there now.' : undefined,
    owner: 'on' in reason && reason.on === 'namespace' ? `Namespace ${namespace.name}` : of.text,
    first: view.world.webhooks[0]?.configuration ?? '',
    installed:
      plane?.kind === 'known'
        ? `its control plane is in ${plane.value.namespace}, but its webhook is gone`
        : 'there is no control plane of Linkerd either',
    root: plane?.kind === 'known' ? plane.value.namespace : undefined,
    asks: istioText(view, of),
    miss: reason.is === 'excluded' ? missText(reason.miss) : undefined,
  };
  const seen = reason.is === 'no-webhook' ? cite(...from, plane) : from;
  return gates.tell(gateOf(reason), c, { from: seen, sure, reach: keptOutText(gains) });
}

/** Until the webhook is back, a new pod gets no proxy either. */
function renewThen(of: Subject): readonly Fix[] {
  return isNobody(of) ? [] : [{ ...fixes.renew(of), turn: 'then' }];
}

/** Changes the namespace where the fault is there, else the pods themselves. */
function open(c: Case, mend: Mend, does: string): readonly Fix[] {
  return mend.on === 'namespace' ? mendNamespace(c, mend) : patch(c.of, mend, does);
}

/** Which workloads the change would inject. */
function gainsOf(view: View, subject: Subject, mend: Mend): string | undefined {
  const after = { ...view, namespace: mended(view.namespace, mend) };
  const isIn = (here: View, one: Subject) => verdictFor(here, one).is === 'injected';
  return gainsText(view, subject, (one) => !isIn(view, one) && isIn(after, one));
}

const istioLabels = ['istio-injection', 'istio.io/rev'] as const;

function istioText({ namespace }: View, { template }: Subject): string {
  const asking = istioLabels.find((key) => namespace.labels[key] !== undefined);
  if (asking !== undefined) {
    return `namespace ${namespace.name} has the label ${asking}=${namespace.labels[asking] ?? ''}`;
  }
  return template.labels['sidecar.istio.io/inject'] === 'true'
    ? 'its pods have the label sidecar.istio.io/inject=true'
    : 'it is in the pods themselves';
}

const inShort: Readonly<Partial<Record<Reason['is'], string>>> = {
  'not-asked': 'not annotated',
  'namespace-off': 'the namespace turns injection off',
  label: 'a label instead of an annotation',
  'annotation-on-workload': 'annotated on the workload, not on its pod template',
  'host-network': 'hostNetwork',
  'istio-sidecar': "Istio's sidecar",
};

/** The reason in a few words, for a line about several workloads. */
export function shortReason(view: View, subject: Subject): string {
  const [reason] = reasonsFor(view, subject);
  if (!reason) return 'reason unknown';
  if (reason.is === 'value') return `unknown value ${reason.value}`;
  return inShort[reason.is] ?? reason.is.replaceAll('-', ' ');
}
