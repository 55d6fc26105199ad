// Everything that the judges of `injection` read, from the answers of the checks.
import { valueOf, type Answer, type Answers } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { reasonsOf, type Reason, type World } from '../../../src/model/istio/inject/reasons.ts';
import { subjectsOf } from '../../../src/model/istio/inject/subject.ts';
import { verdictOf, type Verdict } from '../../../src/model/istio/inject/verdict.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { NamespaceOf } from '../../../src/model/kube/webhook-called.ts';
import type { View as Shared } from '../../shared/admission/mesh.ts';
import * as admission from '../../shared/admission/view.ts';
import type { Input } from '../../shared/kube/subject.ts';
import type { asked } from './checks/asked.ts';

/** The answers of the checks so far. */
export type Sofar = Partial<Answers<typeof asked>> & {
  readonly refusals?: Answer<readonly Event[]> | undefined;
};

export type View = Shared & {
  readonly root: string;
  readonly world: World;
  readonly backends: Sofar['backends'];
  /** When the webhooks were read: certificates are judged at that time. */
  readonly now: number;
  /** By revision, the tag of the proxy image that new pods get. */
  readonly proxyTags: ReadonlyMap<string, string | undefined>;
  /** The injection config of some revision could not be read: the report shows that as a gap. */
  readonly configGap: boolean;
};

/** Without the namespace's labels and the webhooks there is no verdict. */
export function viewOf(sofar: Sofar, { root }: Input): View | undefined {
  const { namespace, webhooks } = sofar;
  if (namespace?.kind !== 'known' || webhooks?.kind !== 'known') return undefined;
  const { config = [], pod: running, refusals, backends } = sofar;
  const services = backends?.services ?? [];
  const behind = [...services, backends?.plane];
  const got = { namespace, webhooks, running, refusals, config, behind, needed: services };
  const configs = config.flatMap((answer) => valueOf(answer) ?? []);
  return {
    ...admission.viewOf({ ...got, root: backends?.root }, subjectsOf),
    root,
    world: {
      webhooks: webhooks.value.webhooks,
      configs: new Map(configs.map((one) => [one.revision, one.config])),
    },
    proxyTags: new Map(configs.map(({ revision, proxyTag }) => [revision, proxyTag])),
    backends,
    now: webhooks.value.now,
    configGap: config.some((answer) => answer.kind === 'unknown'),
  };
}

type Gates = { readonly world: World; readonly namespace: NamespaceOf };

/** What would happen to a new pod. */
export function verdictFor(
  { world, namespace }: Gates,
  { template }: Pick<Subject, 'template'>,
): Verdict {
  return verdictOf(world.webhooks, world.configs, namespace, template);
}

/** Why it would get no sidecar. */
export function reasonsFor({ world, namespace }: Gates, subject: Subject): readonly Reason[] {
  const { template: pod, workloadLabels } = subject;
  return reasonsOf(world, namespace, { pod, workloadLabels });
}

/** Where the istiod of a webhook lives. */
export function rootOf({ root }: View, webhook: Webhook | undefined): string {
  return webhook?.backend.is === 'service' ? webhook.backend.namespace : root;
}
