// Everything the judges of `injection` read, put together from the answers of the checks.
import { cite, valueOf, type Answer, type Answers, type Seen } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { reasonsOf, type Reason, type World } from '../../../src/model/istio/inject/reasons.ts';
import { subjectsOf } from '../../../src/model/istio/inject/subject.ts';
import { verdictOf, type Verdict } from '../../../src/model/istio/inject/verdict.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { NamespaceOf } from '../../../src/model/kube/webhook-called.ts';
import type { asked } from './checks/asked.ts';
import type { Input } from '../../shared/kube/subject.ts';

/** What the checks came to, as far as they were answered. */
export type Sofar = Partial<Answers<typeof asked>> & {
  readonly refusals?: Answer<readonly Event[]> | undefined;
};

export type View = {
  readonly root: string;
  readonly namespace: Namespace;
  readonly world: World;
  /** Every workload of the namespace: how far a label reaches. */
  readonly everything: readonly Subject[];
  readonly refusals: Sofar['refusals'];
  readonly backends: Sofar['backends'];
  /** When the webhooks were asked for: certificates are judged by it. */
  readonly now: number;
  /** How some revision injects could not be asked: that is a gap, and said as one. */
  readonly configGap: boolean;
  readonly from: readonly [Seen, ...Seen[]];
  /** The same; sure where nothing that was asked is missing. */
  readonly grounds: { readonly from: View['from']; readonly sure: boolean };
  /** The webhooks, and what answers them. */
  readonly answering: View['from'];
};

/** Without the namespace's labels and the webhooks nothing can be said. */
export function viewOf(sofar: Sofar, input: Input): View | undefined {
  const { namespace: here, webhooks } = sofar;
  if (here?.kind !== 'known' || webhooks?.kind !== 'known') return undefined;
  const { config = [], pod } = sofar;
  const configs = config.flatMap((answer) => valueOf(answer) ?? []);
  const all = valueOf(pod?.all);
  const from = cite(here, webhooks, pod?.pod, pod?.all, ...config);
  return {
    root: input.root,
    namespace: here.value,
    world: {
      webhooks: webhooks.value.webhooks,
      configs: new Map(configs.map((one) => [one.revision, one.config])),
    },
    everything: all ? subjectsOf(all) : [],
    refusals: sofar.refusals,
    backends: sofar.backends,
    from,
    now: webhooks.value.now,
    configGap: config.some((answer) => answer.kind === 'unknown'),
    grounds: { from, sure: isWhole(sofar) },
    answering: cite(webhooks, ...(sofar.backends?.services ?? []), sofar.backends?.plane),
  };
}

function isWhole({ pod, config, backends, refusals }: Sofar): boolean {
  const all = [pod?.pod, pod?.all, refusals, ...(config ?? []), ...(backends?.services ?? [])];
  const unread = valueOf(pod?.all)?.unread ?? [];
  return unread.length === 0 && all.every((answer) => answer?.kind !== 'unknown');
}

/** The newest refusal of its pods. */
export function eventOf({ refusals }: View, { maker }: Subject): Event | undefined {
  return refusalOf(valueOf(refusals) ?? [], maker);
}

type Gates = { readonly world: World; readonly namespace: NamespaceOf };

/** What would become of a new pod. */
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
