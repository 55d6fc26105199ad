// Everything the judges of `injection` read, put together from the answers of earlier steps.
import {
  cite,
  valueOf,
  type Answer,
  type MeshChoice,
  type Place,
  type Say,
  type Seen,
} from '../../../src/authoring.ts';
import type { InjectorOf, Injectors } from '../../../src/facts/istio/inject/facts.ts';
import type { World } from '../../../src/model/istio/inject/reasons.ts';
import { subjectsOf } from '../../../src/model/istio/inject/subject.ts';
import { trustOf, type Trust } from '../../../src/model/istio/inject/trust.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { ControlPlane } from '../../../src/facts/istio/istiods.ts';
import type { MeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { ofPod, ofWorkload, type Subject } from '../../../src/model/kube/subject.ts';
import { outageOf, type BackendState } from '../../../src/facts/kube/webhook-backend.ts';
import type { Workloads } from '../../../src/facts/kube/workloads.ts';
import type { Certificate } from '../../../src/model/certificates/x509.ts';
import type { Findings } from './says.ts';

export type InjectionSay = Say<Findings>;
export type Input = MeshChoice & { readonly target: Place };
export type Backends = {
  readonly services: readonly Answer<BackendState>[];
  readonly root: Answer<readonly Certificate[]> | undefined;
  /** Asked only when nothing answers at a Service. */
  readonly plane: Answer<ControlPlane> | undefined;
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly pod?: { readonly pod: Answer<Pod> | undefined; readonly all: Answer<Workloads> };
  readonly namespace?: Answer<Namespace>;
  readonly webhooks?: Answer<Injectors>;
  readonly config?: readonly Answer<InjectorOf>[];
  readonly backends?: Backends;
  readonly mesh?: Answer<MeshConfig> | undefined;
  readonly refusals?: Answer<readonly Event[]>;
};

export type View = {
  readonly root: string;
  readonly namespace: Namespace;
  readonly world: World;
  /** Every workload of the namespace: how far a label reaches. */
  readonly everything: readonly Subject[];
  readonly refusals: readonly Event[];
  /** Nothing that was asked is missing: what is said can be said for sure. */
  readonly sure: boolean;
  /** How some revision injects could not be asked: that is a gap, and said as one. */
  readonly configGap: boolean;
  readonly troubleOf: (webhook: Webhook) => Trouble | undefined;
  readonly trustOf: (webhook: Webhook) => Trust;
  readonly scaledToZero: (webhook: Webhook) => boolean;
  readonly from: readonly [Seen, ...Seen[]];
  /** The same, with what answers the webhooks. */
  readonly answering: readonly [Seen, ...Seen[]];
};
export type Trouble =
  | { readonly is: 'outage'; readonly why: string }
  | { readonly is: 'untrusted'; readonly trust: Trust };

/** Without the namespace's labels and the webhooks nothing can be said. */
export function viewOf(sofar: Sofar, input: Input): View | undefined {
  const { namespace: here, webhooks } = sofar;
  if (here?.kind !== 'known' || webhooks?.kind !== 'known') return undefined;
  const configs = (sofar.config ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const all = valueOf(sofar.pod?.all);
  return {
    root: input.root,
    namespace: here.value,
    world: {
      webhooks: webhooks.value.webhooks,
      configs: new Map(configs.map(({ revision, config }) => [revision, config])),
    },
    everything: all ? subjectsOf(all) : [],
    refusals: valueOf(sofar.refusals) ?? [],
    sure: isWhole(sofar),
    configGap: (sofar.config ?? []).some((answer) => answer.kind === 'unknown'),
    troubleOf: (webhook) => troubleOf(webhook, sofar, webhooks.value.now),
    trustOf: (webhook) => trustOf(webhook, valueOf(sofar.backends?.root), webhooks.value.now),
    scaledToZero: ({ revision }) =>
      valueOf(sofar.backends?.plane)?.deployments.some(
        (d) => d.revision === revision && d.wanted === 0,
      ) ?? false,
    from: cite(here, webhooks, sofar.pod?.pod, sofar.pod?.all, ...(sofar.config ?? [])),
    answering: cite(webhooks, ...(sofar.backends?.services ?? []), sofar.backends?.plane),
  };
}

function isWhole({ pod, config, backends, refusals }: Sofar): boolean {
  const all = [pod?.pod, pod?.all, refusals, ...(config ?? []), ...(backends?.services ?? [])];
  const unread = valueOf(pod?.all)?.unread ?? [];
  return unread.length === 0 && all.every((answer) => answer?.kind !== 'unknown');
}

/** Why the API server cannot get an answer from a webhook. */
function troubleOf(webhook: Webhook, { backends }: Sofar, now: number): Trouble | undefined {
  const { backend } = webhook;
  const states = (backends?.services ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const mine =
    backend.is === 'service'
      ? states.find((s) => s.namespace === backend.namespace && s.name === backend.name)
      : undefined;
  const why = mine && outageOf(mine);
  if (why !== undefined) {
    const behind = istiodTrouble(valueOf(backends?.plane), webhook.revision);
    return { is: 'outage', why: behind === undefined ? why : `${why} (${behind})` };
  }
  const trust = trustOf(webhook, valueOf(backends?.root), now);
  // Another root than the mesh's can be right: a certificate of one's own. An event must say that it is not.
  const broken = trust.is === 'empty' || trust.is === 'unreadable' || trust.is === 'expired';
  return broken ? { is: 'untrusted', trust } : undefined;
}

/** Why no istiod of a revision is there, as a clause. */
function istiodTrouble(plane: ControlPlane | undefined, revision: string): string | undefined {
  const scaled = plane?.deployments.find((d) => d.revision === revision && d.wanted === 0);
  if (scaled) return `Deployment ${scaled.name} is scaled to 0`;
  const down = plane?.istiods.find((i) => i.revision === revision && !i.ready);
  return down?.trouble === undefined ? undefined : `${down.pod.ref.name}: ${down.trouble}`;
}

/** What was asked about; `undefined` for a namespace, or when it was not answered. */
export function subjectOf({ pod: got }: Sofar, { target }: Input): Subject | undefined {
  const all = valueOf(got?.all);
  if (target.is === 'pod') {
    const one = valueOf(got?.pod);
    return one && ofPod(one, all);
  }
  if (target.is === 'namespace' || !all) return undefined;
  const { kind } = target.resource;
  const found = all.workloads.find((w) => w.kind === kind && w.name === target.name);
  if (found) return ofWorkload(found);
  // A ReplicaSet, or a Job of a CronJob: what it makes is known by its pods.
  const pods = [...all.others, ...all.workloads.flatMap((w) => w.pods)];
  const made = pods.find((p) => p.workload?.kind === kind && p.workload.name === target.name);
  return made && ofPod(made, undefined);
}

/** Says it for sure, or as likely where something is not known. */
export function sayer(view: View, say: InjectionSay): InjectionSay {
  return view.sure ? say : Object.assign(say.likely, { likely: say.likely });
}
