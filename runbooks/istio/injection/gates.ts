// Why a pod gets no sidecar, one row for each reason of the evaluator: what is said, what follows, and the fixes.
import { kubectl, listed, table, type Fix, type Found } from '../../../src/authoring.ts';
import { mendNamespace, namesOf, type Reason } from '../../../src/model/istio/inject/reasons.ts';
import { injectorConfigName, isDeactivated } from '../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { NamespaceOf } from '../../../src/model/kube/webhook-called.ts';
import type { Changes } from '../../../src/model/kube/workload-fixes.ts';
import { gainsText, keptOutText, missText, rowsOf } from '../../shared/admission/gates.ts';
import { fixes, labelAndRestart, tagDefault, type Labelling } from './fixes.ts';
import { reasonsFor, rootOf, verdictFor, type View } from './view.ts';

const silent = 'The pod starts without a sidecar, and nothing reports it.';

const { lookAt, patch, letInAlone } = fixes;
const common = rowsOf(
  { mesh: 'Istio', proxy: 'sidecar', leaves: 'istiod never injects such pods' },
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
    says: 'Namespace {namespace} does not turn injection on: it has neither the label istio-injection nor istio.io/rev.',
    means: `No webhook is called for {subject}. ${silent}`,
    fixes: (c, { alone }) => [...label(c), ...letInAlone(c.of, alone)],
  },
  'namespace-off': {
    says: 'Namespace {namespace} turns injection off: its label istio-injection is "{value}", and only "enabled" turns it on.',
    means: 'No webhook is called for {subject}, whatever labels its pods have. {besides}',
    fixes: (c) => label(c),
  },
  'revision-missing': {
    says: '{owner} asks for revision {revision}, but no webhook serves that revision.',
    means: `The revision or tag was removed, or its name is misspelled (available: {known}). ${silent}`,
    fixes: (c, { mend }) =>
      c.labelling
        ? label(c)
        : patch(
            c.of,
            mend,
            `Set the revision label on the pods of ${c.name} to one that is available`,
          ),
  },
  'no-default': {
    says: 'This mesh has no default revision, so no webhook serves {asks}.',
    means: `Available revisions and tags: {known}. ${silent}`,
    fixes: (c) => label(c, ...tagDefault(c.of, c.answer)),
  },
  deactivated: {
    says: 'Webhook {configuration} is deactivated, so no webhook serves {asks}.',
    means:
      '`istioctl tag set default` deactivated this old default, but the new default is gone. Available revisions and tags: {known}.',
    fixes: (c) => label(c, ...tagDefault(c.of, c.answer)),
  },
  'label-false': {
    says: '{subject} opts out: its pod label sidecar.istio.io/inject is "false".',
    means: `No webhook is called for it. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Remove the label sidecar.istio.io/inject=false from the pods of ${name}`),
  },
  'label-value': {
    says: '{subject} has the pod label sidecar.istio.io/inject="{value}", but only "true" asks for a sidecar.',
    means: `Its namespace has no injection label, so only the pod label counts. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Set the label on the pods of ${name} to "true"`),
  },
  'label-on-workload': {
    says: '{subject} has {label} on the {kind} itself, but webhooks only see its pod template.',
    means: `Its pods are created without the label, so no webhook is called. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Add the label to the pod template of ${name}`),
  },
  'annotation-only': {
    says: '{subject} asks for a sidecar by annotation, but webhooks only look at labels.',
    means: `The annotation sidecar.istio.io/inject can only turn injection off. ${silent}`,
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Ask for a sidecar with a label on the pods of ${name}`),
  },
  excluded: common.excluded,

  // A webhook is called, and istiod skips the pod or refuses it.
  'annotation-false': {
    says: '{subject} opts out: its annotation sidecar.istio.io/inject is "false".',
    means: 'The webhook is called, but istiod skips the pod.',
    fixes: ({ of, name }, { mend }) =>
      patch(of, mend, `Remove the annotation sidecar.istio.io/inject from the pods of ${name}`),
  },
  'host-network': common['host-network'],
  'system-namespace': {
    says: 'Namespace {namespace} never gets sidecars: istiod skips it by name, whatever its labels say.',
    means:
      'istiod skips kube-system, kube-public, kube-node-lease and local-path-storage. {subject} can get a sidecar only in another namespace.',
    fixes: ({ of, namespace }) => [
      lookAt(of, 'List what else runs there', kubectl`get pods -n ${namespace} -o wide`),
    ],
  },
  'never-selector': {
    says: 'Istio revision {revision} excludes {subject} by its neverInjectSelector: {selector}.',
    means:
      'The webhook is called, but istiod skips every such pod, in all namespaces. The pod label sidecar.istio.io/inject=true overrides that.',
    fixes: (c, { mend, revision }) => [
      readConfig(c, revision, 'Read the selectors'),
      ...patch(c.of, mend, `Ask for a sidecar with a label on the pods of ${c.name}`),
    ],
  },
  policy: {
    says: 'Istio revision {revision} does not inject by default: its injection policy is "{policy}".',
    means:
      'With "disabled", only pods with sidecar.istio.io/inject=true are injected. With any value except "enabled" and "disabled", no pod is injected.',
    fixes: (c, { mend, revision }) => [
      readConfig(c, revision, 'Read the policy'),
      // At any value but "disabled" no label helps.
      ...(mend.on === 'nothing'
        ? []
        : patch(c.of, mend, `Ask for a sidecar with a label on the pods of ${c.name}`)),
    ],
  },
  'template-missing': {
    says: '{subject} asks for injection template {template}, which revision {revision} does not have.',
    means:
      'istiod refuses the pod, so it is not created. The name comes from the annotation inject.istio.io/templates.',
    fixes: (c, { revision }) => [
      readConfig(c, revision, 'List the injection templates of the revision'),
    ],
  },
});

/** What a row may name beside its reason. */
type Case = Subject['maker'] & {
  readonly of: Subject;
  readonly view: View;
  readonly subject: string;
  readonly owner: string;
  /** Revisions and tags that a webhook serves. */
  readonly known: string;
  /** A revision that a webhook serves: `istioctl tag set` takes no tag. */
  readonly answer: string | undefined;
  /** Where a label on the namespace helps. */
  readonly labelling: Labelling | undefined;
  /** Text for reasons that hold more than text. */
  readonly miss: string | undefined;
  readonly selector: string | undefined;
  readonly besides: string | undefined;
};

/** Every reason why a new pod is not injected, in the order to fix them. */
export function closedTo(view: View, of: Subject): readonly Found[] {
  return reasonsFor(view, of).map((reason) => {
    const c = caseOf(view, of, reason);
    return gates.tell(reason, c, { ...view.grounds, reach: keptOutText(c.labelling?.gains) });
  });
}

function caseOf(view: View, of: Subject, reason: Reason): Case {
  const { webhooks } = view.world;
  const isHere = reason.is === 'revision-missing' && reason.on === 'namespace';
  return {
    ...{ of, view, subject: of.text, ...of.maker },
    owner: isHere ? `Namespace ${view.namespace.name}` : of.text,
    known: listed(namesOf(webhooks)) || 'none',
    answer: webhooks.find((webhook) => !isDeactivated(webhook))?.revision,
    labelling:
      reason.mend.on === 'namespace' ? labellingOf(view, of, reason.mend.labels) : undefined,
    miss: reason.is === 'excluded' ? missText(reason.miss) : undefined,
    selector: reason.is === 'never-selector' ? selectorText(reason.selector) : undefined,
    besides:
      reason.is === 'namespace-off' && reason.ignored !== undefined
        ? `Its label istio.io/rev=${reason.ignored} is ignored.`
        : undefined,
  };
}

function labellingOf(view: View, of: Subject, labels: Changes): Labelling {
  const { world, namespace } = view;
  const after = mendNamespace(namespace, labels);
  const isIn = (here: NamespaceOf, one: Subject) =>
    verdictFor({ world, namespace: here }, one).is === 'injected';
  const isGain = (one: Subject) => !isIn(namespace, one) && isIn(after, one);
  return { labels, gains: gainsText(view, of, isGain) };
}

function label({ of, view, labelling }: Case, ...instead: readonly Fix[]): readonly Fix[] {
  return labelAndRestart(of, view.namespace, labelling, ...instead);
}

function readConfig({ of, view }: Case, revision: string, does: string): Fix {
  const webhook = view.world.webhooks.find((w) => w.revision === revision);
  const name = injectorConfigName(revision);
  return lookAt(of, does, kubectl`get configmap ${name} -n ${rootOf(view, webhook)} -o yaml`);
}

/** Without empty parts. */
function selectorText(selector: object): string {
  const halves = Object.entries(selector as Record<string, object>);
  const full = halves.filter(([, half]) => Object.keys(half).length > 0);
  return JSON.stringify(Object.fromEntries(full));
}

/** The reason in a few words, for a line about several workloads. */
export function shortReason(view: View, of: Subject): string {
  const [reason] = reasonsFor(view, of);
  if (!reason) return 'reason unknown';
  switch (reason.is) {
    case 'namespace-unlabeled':
      return 'the namespace has no injection label';
    case 'namespace-off':
      return 'the namespace turns injection off';
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
