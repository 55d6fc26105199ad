// Everything the judges of `linkerd-injection` read, put together from the answers of earlier steps.
import {
  cite,
  valueOf,
  type Answer,
  type MeshChoice,
  type Place,
  type Say,
  type Seen,
} from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { ofPod, ofWorkload, type Subject } from '../../../src/model/kube/subject.ts';
import { outageOf, type BackendState } from '../../../src/facts/kube/webhook-backend.ts';
import type { Workloads } from '../../../src/facts/kube/workloads.ts';
import type { LinkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import type { Injectors } from '../../../src/facts/linkerd/inject/facts.ts';
import {
  injectorOf,
  injectorTrouble,
  injectsSince,
} from '../../../src/model/linkerd/inject/plane.ts';
import { subjectsOf, templateOf } from '../../../src/model/linkerd/inject/subject.ts';
import { trustOf, type Trust } from '../../../src/model/linkerd/inject/trust.ts';
import { verdictOf, type Verdict, type World } from '../../../src/model/linkerd/inject/verdict.ts';
import type { Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import type { Certificate } from '../../../src/model/certificates/x509.ts';
import type { Findings } from './says.ts';

export type InjectionSay = Say<Findings>;
export type Input = MeshChoice & { readonly target: Place };
export type Backends = {
  readonly services: readonly Answer<BackendState>[];
  /** Asked only where a pod has no proxy, of an injector that is ready. */
  readonly served: Answer<readonly Certificate[]> | undefined;
  readonly shut: Answer<readonly string[]> | undefined;
};
export type Said = {
  readonly refusals: Answer<readonly Event[]>;
  readonly events: Answer<readonly Event[]>;
};
/** What earlier steps came to; a step that was skipped is absent. */
export type Sofar = {
  readonly pod?: { readonly pod: Answer<Pod> | undefined; readonly all: Answer<Workloads> };
  readonly namespace?: Answer<Namespace>;
  readonly webhooks?: Answer<Injectors>;
  readonly plane?: Answer<LinkerdControlPlane>;
  readonly backends?: Backends;
  readonly said?: Said;
};

/** Why the API server cannot get an answer from the webhook. */
export type Trouble =
  | { readonly is: 'outage'; readonly why: string; readonly scaled: boolean }
  | { readonly is: 'untrusted'; readonly trust: Trust }
  /** By NetworkPolicies, which many network plugins do not hold the API server to: likely, at most. */
  | { readonly is: 'blocked'; readonly policies: readonly string[] };

export type View = {
  readonly namespace: Namespace;
  readonly world: World;
  /** Every workload of the namespace: how far an annotation reaches. */
  readonly everything: readonly Subject[];
  readonly refusals: readonly Event[];
  /** What the injector said; undefined when that could not be asked. */
  readonly events: readonly Event[] | undefined;
  /** Nothing that was asked is missing: what is said can be said for sure. */
  readonly sure: boolean;
  readonly now: number;
  readonly plane: Answer<LinkerdControlPlane> | undefined;
  readonly injectsSince: number | undefined;
  readonly served: readonly Certificate[] | undefined;
  readonly troubleOf: (webhook: Webhook) => Trouble | undefined;
  readonly trustOf: (webhook: Webhook) => Trust;
  readonly from: readonly [Seen, ...Seen[]];
  /** The same, with what answers the webhook. */
  readonly answering: readonly [Seen, ...Seen[]];
};

/** Without the namespace's annotations and the webhooks nothing can be said. */
export function viewOf(sofar: Sofar): View | undefined {
  const { namespace: here, webhooks, plane, backends, said } = sofar;
  if (here?.kind !== 'known' || webhooks?.kind !== 'known') return undefined;
  const { now } = webhooks.value;
  const all = valueOf(sofar.pod?.all);
  const control = valueOf(plane);
  const served = valueOf(backends?.served);
  return {
    namespace: here.value,
    world: {
      webhooks: webhooks.value.webhooks,
      settings: { tokenProjection: control?.config?.tokenProjection ?? true },
    },
    everything: all ? subjectsOf(all) : [],
    refusals: valueOf(said?.refusals) ?? [],
    events: valueOf(said?.events),
    sure: isWhole(sofar),
    now,
    plane,
    injectsSince: injectsSince(control),
    served,
    troubleOf: (webhook) => troubleOf(webhook, sofar, now),
    trustOf: (webhook) => trustOf(webhook, served, now),
    from: cite(here, webhooks, sofar.pod?.pod, sofar.pod?.all),
    answering: cite(
      webhooks,
      ...(backends?.services ?? []),
      backends?.served,
      plane,
      said?.events,
      backends?.shut,
    ),
  };
}

function isWhole({ pod, plane, backends, said }: Sofar): boolean {
  const all = [
    ...[pod?.pod, pod?.all, plane, said?.refusals, said?.events],
    ...[...(backends?.services ?? []), backends?.served, backends?.shut],
  ];
  const unread = valueOf(pod?.all)?.unread ?? [];
  return unread.length === 0 && all.every((answer) => answer?.kind !== 'unknown');
}

function troubleOf(webhook: Webhook, sofar: Sofar, now: number): Trouble | undefined {
  const { backends } = sofar;
  const plane = valueOf(sofar.plane);
  const to = webhook.backend;
  const states = (backends?.services ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const mine =
    to.is === 'service'
      ? states.find((s) => s.namespace === to.namespace && s.name === to.name)
      : undefined;
  const why = mine && outageOf(mine);
  if (why !== undefined) {
    const behind = injectorTrouble(plane);
    const scaled = injectorOf(plane)?.wanted === 0;
    return { is: 'outage', why: behind === undefined ? why : `${why} (${behind})`, scaled };
  }
  const trust = trustOf(webhook, valueOf(backends?.served), now);
  if (trust.is !== 'fine') return { is: 'untrusted', trust };
  const policies = valueOf(backends?.shut) ?? [];
  return policies.length > 0 ? { is: 'blocked', policies } : undefined;
}

/** What was asked about; `undefined` for a namespace, or when it was not answered. */
export function subjectOf(
  { pod: got }: Pick<Sofar, 'pod'>,
  { target }: Pick<Input, 'target'>,
): Subject | undefined {
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

export function verdictFor({ world, namespace }: View, subject: Subject): Verdict {
  return verdictOf(world, namespace, templateOf(subject));
}

/** Says it for sure, or as likely where something is not known. */
export function sayer(view: View, say: InjectionSay): InjectionSay {
  return view.sure ? say : Object.assign(say.likely, { likely: say.likely });
}
