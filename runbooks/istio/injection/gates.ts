// Why a pod gets no sidecar, one row a reason of the evaluator: what is said, what follows from it, what opens the gate.
import { kubectl, listed, table, type Fix, type Found } from '../../../src/authoring.ts';
import { mendNamespace, namesOf, type Reason } from '../../../src/model/istio/inject/reasons.ts';
import { injectorConfigName, isDeactivated } from '../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { NamespaceOf } from '../../../src/model/kube/webhook-called.ts';
import type { Changes } from '../../../src/model/kube/workload-fixes.ts';
import { gainsText, missText, rowsOf } from '../../shared/admission/gates.ts';
import { fixes, labelAndRestart, tagDefault, type Labelling } from './fixes.ts';
import { reasonsFor, rootOf, verdictFor, type View } from './view.ts';

const silent = 'The pod starts without a sidecar, and nothing says so.';

const { lookAt, patch, letInAlone } = fixes;
const common = rowsOf(
  { mesh: 'Istio', proxy: 'sidecar', leaves: 'istiod never injects such a pod' },
  fixes,
);

export const gates = table<Reason, Case>()({
  // No webhook is called.
  'no-webhooks': {
    says: 'No webhook in this cluster injects sidecars.',
    means: `Istio is not installed here, or its webhooks were removed. ${silent}`,
    fixes: ({ of }) => [fixes.seeWebhooks(of)],
  },
  'namespace-unlabeled': {
    says: 'Namespace {namespace} does not ask for sidecars: it has neither istio-injection nor istio.io/rev.',
    means: `No webhook is called for {subject}. ${silent}`,
    fixes: (c, { alone }) => [...label(c), ...letInAlone(c.of, alone)],
  },
  'namespace-off': {
    says: 'Namespace {namespace} turns injection off: its label istio-injection is "{value}", and only "enabled" turns it on.',
    means: 'No webhook is called for {subject}, whatever its pods say themselves. {besides}',
    fixes: (c) => label(c),
  },
  'revision-missing': {
    says: '{owner} asks for revision {revision}, and no webhook answers to it.',
    means: `An old revision or tag was removed, or the name is misspelt. ${silent} What answers: {known}.`,
    fixes: (c, { mend }) =>
      c.labelling ? label(c) : patch(c.of, mend, `Let ${c.name} ask for a revision that answers`),
  },
  'no-default': {
    says: 'No webhook answers to {asks}: this mesh has no default revision.',
    means: `${silent} What answers: {known}.`,
    fixes: (c) => label(c, ...tagDefault(c.of, c.answer)),
  },
  deactivated: {
    says: 'The webhook that answers to {asks}, {configuration}, is deactivated and never matches.',
    means:
      '`istioctl tag set default` turns the old default off so that the new one can answer; the new one is gone. What answers: {known}.',
    fixes: (c) => label(c, ...tagDefault(c.of, c.answer)),
  },
  'label-false': {
    says: '{subject} opts out: its pod label sidecar.istio.io/inject is "false".',
    means: `No webhook is called for such a pod. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Take the label that says false off the pods of ${name}`),
  },
  'label-value': {
    says: '{subject} has the pod label sidecar.istio.io/inject="{value}", and only "true" asks for a sidecar.',
    means: `In a namespace without a label of its own nothing else counts. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Set the label on the pods of ${name} to "true"`),
  },
  'label-on-workload': {
    says: '{subject} has {label} on the {kind}, not on its pod template, where webhooks look.',
    means: `The pods are made without the label, so no webhook is called. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Put the label on the pod template of ${name}`),
  },
  'annotation-only': {
    says: '{subject} asks for a sidecar by annotation, and webhooks are selected by labels.',
    means: `The annotation sidecar.istio.io/inject can only turn injection off. ${silent}`,
    fixes: ({ of, name }, { mend }) => patch(of, mend, `Ask by a label on the pods of ${name}`),
  },
  excluded: common.excluded,

  // A webhook is called, and istiod leaves the pod as it is or refuses it.
  'annotation-false': {
    says: '{subject} opts out: its annotation sidecar.istio.io/inject is "false".',
    means: 'The webhook is called, and istiod leaves the pod as it is.',
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Take the annotation off the pods of ${name}`),
  },
  'host-network': common['host-network'],
  'system-namespace': {
    says: 'istiod never injects into {namespace}, whatever its labels say.',
    means:
      'kube-system, kube-public, kube-node-lease and local-path-storage are left out by name. {subject} gets a sidecar in another namespace alone.',
    fixes: ({ of, namespace }) => [
      lookAt(of, 'See what else runs there', kubectl`get pods -n ${namespace} -o wide`),
    ],
  },
  'never-selector': {
    says: '{subject} is left out by neverInjectSelector of revision {revision}: {selector}.',
    means:
      'The webhook is called, and istiod leaves every such pod as it is, in all namespaces. A label on the pod itself outweighs it.',
    fixes: (c, { mend, revision }) => [
      readConfig(c, revision, 'Read the selectors'),
      ...patch(c.of, mend, `Let the pods of ${c.name} ask for a sidecar themselves`),
    ],
  },
  policy: {
    says: 'istiod of revision {revision} injects only what asks for it: its policy is "{policy}".',
    means:
      'With "disabled" only the pod label sidecar.istio.io/inject=true counts; with any word but these two, nothing is injected.',
    fixes: (c, { mend, revision }) => [
      readConfig(c, revision, 'Read the policy'),
      ...patch(c.of, mend, `Let the pods of ${c.name} ask for a sidecar themselves`),
    ],
  },
  'template-missing': {
    says: '{subject} asks for the injection template {template}, and revision {revision} has none of that name.',
    means:
      'istiod refuses the pod, so it is not created at all: look at the annotation inject.istio.io/templates.',
    fixes: (c, { revision }) => [readConfig(c, revision, 'See which templates there are')],
  },
});

/** What a row may name beside its reason. */
type Case = Subject['maker'] & {
  readonly of: Subject;
  readonly view: View;
  readonly subject: string;
  readonly owner: string;
  /** What answers: revisions and tags. */
  readonly known: string;
  /** A revision that answers: `istioctl tag set` takes no tag. */
  readonly answer: string | undefined;
  /** Where a label on the namespace helps. */
  readonly labelling: Labelling | undefined;
  /** Of reasons that hold more than text. */
  readonly miss: string | undefined;
  readonly selector: string | undefined;
  readonly besides: string | undefined;
};

/** Every gate that is closed to a new pod, one behind the other. */
export function closedTo(view: View, of: Subject): readonly Found[] {
  return reasonsFor(view, of).map((reason) => {
    const c = caseOf(view, of, reason);
    return gates.tell(reason, c, { ...view.grounds, reach: c.labelling?.gains });
  });
}

function caseOf(view: View, of: Subject, reason: Reason): Case {
  const { webhooks } = view.world;
  const isHere = reason.is === 'revision-missing' && reason.on === 'namespace';
  return {
    ...{ of, view, subject: of.text, ...of.maker },
    owner: isHere ? `Namespace ${view.namespace.name}` : of.text,
    known: listed(namesOf(webhooks)) || 'nothing',
    answer: webhooks.find((webhook) => !isDeactivated(webhook))?.revision,
    labelling:
      reason.mend.on === 'namespace' ? labellingOf(view, of, reason.mend.labels) : undefined,
    miss: reason.is === 'excluded' ? missText(reason.miss) : undefined,
    selector: reason.is === 'never-selector' ? selectorText(reason.selector) : undefined,
    besides:
      reason.is === 'namespace-off' && reason.ignored !== undefined
        ? `Its istio.io/rev=${reason.ignored} counts for nothing beside it.`
        : undefined,
  };
}

function labellingOf(view: View, of: Subject, labels: Changes): Labelling {
  const { world, namespace } = view;
  const after = mendNamespace(namespace, labels);
  const isIn = (here: NamespaceOf, one: Subject) =>
    verdictFor({ world, namespace: here }, one).is === 'injected';
  const isGain = (one: Subject) => !isIn(namespace, one) && isIn(after, one);
  return { labels, gains: gainsText(view, of, 'sidecar', isGain) };
}

function label({ of, view, labelling }: Case, ...instead: readonly Fix[]): readonly Fix[] {
  return labelAndRestart(of, view.namespace, labelling, ...instead);
}

function readConfig({ of, view }: Case, revision: string, does: string): Fix {
  const webhook = view.world.webhooks.find((w) => w.revision === revision);
  const name = injectorConfigName(revision);
  return lookAt(of, does, kubectl`get configmap ${name} -n ${rootOf(view, webhook)} -o yaml`);
}

/** Without the halves that are empty. */
function selectorText(selector: object): string {
  const halves = Object.entries(selector as Record<string, object>);
  const full = halves.filter(([, half]) => Object.keys(half).length > 0);
  return JSON.stringify(Object.fromEntries(full));
}

/** The reason in a few words, where several workloads are told of in one line. */
export function shortReason(view: View, of: Subject): string {
  const [reason] = reasonsFor(view, of);
  if (!reason) return 'not known';
  switch (reason.is) {
    case 'label-false':
      return 'pod label false';
    case 'annotation-false':
      return 'annotation false';
    case 'host-network':
      return 'hostNetwork';
    case 'revision-missing':
      return `no revision ${reason.revision}`;
    case 'template-missing':
      return `no template ${reason.template}`;
    default:
      return reason.is.replaceAll('-', ' ');
  }
}
