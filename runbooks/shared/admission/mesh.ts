// What the judges of admission must know of a mesh, and of one case of it. The rules by which a mesh decides stay its own.
import type { Fix, Found, Rest, Seen } from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import type { Namespace } from '../../../src/facts/kube/namespace.ts';
import type { MeshWords } from '../../../src/model/kube/refusal.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { MutatingWebhook } from '../../../src/model/kube/webhook.ts';
import type { Fixes, Named } from './fixes.ts';
import type { Tell, Words } from './says.ts';

/** What is known of the case, as far as every mesh asks for it. */
export type View = {
  readonly namespace: Namespace;
  /** Every workload of the namespace: what a change of the namespace affects. */
  readonly everything: readonly Subject[];
  readonly refusals: readonly Event[];
  /** What decides about a new pod. */
  readonly from: readonly [Seen, ...Seen[]];
  /** The webhooks, and what answers them. */
  readonly answering: readonly [Seen, ...Seen[]];
  /** Whatever tells why pods are refused. */
  readonly refusing: readonly [Seen, ...Seen[]];
  /** Every question was answered, so findings are sure. */
  readonly sure: boolean;
  /** What decides about a new pod, and whether all of it was answered. */
  readonly grounds: { readonly from: View['from']; readonly sure: boolean };
};

/** Why the API server gets no usable answer from a webhook; `why` is a clause. */
export type Trouble = {
  /** `blocked` by NetworkPolicies: likely at most, as many network plugins exempt the API server from them. */
  readonly is: 'outage' | 'untrusted' | 'blocked';
  readonly why: string;
};

/** A webhook that fails, and who has no proxy because of it; which webhook is not always known. */
export type Failing<V, W> = {
  readonly view: V;
  readonly subject: Named;
  readonly webhook: W | undefined;
  readonly trouble: Trouble | undefined;
};

export type Mesh<V extends View, W extends MutatingWebhook> = {
  readonly words: Words;
  readonly refusal: MeshWords;
  readonly fixes: Fixes;
  readonly tell: Tell;
  readonly loses: (about: { readonly subject: string; readonly why: string }, rest: Rest) => Found;
  /** The webhook that a new pod would be sent to. */
  readonly called: (view: V, subject: Subject) => W | undefined;
  /** Webhooks whose entry has this name: several configurations may use one. */
  readonly webhooksNamed: (view: V, entry: string) => readonly W[];
  readonly troubleOf: (view: V, webhook: W) => Trouble | undefined;
  /** Whether the API server can trust what answers, as a clause. */
  readonly trustText: (view: V, webhook: W) => string;
  /** Who writes the caBundle, where that is worth a sentence. */
  readonly keeper: (webhook: W) => string | undefined;
  /** What the mesh's sentences name of a webhook. */
  readonly about: (webhook: W) => Readonly<Record<string, string>>;
  /** What else is known of a webhook that gets no answer, as a sentence. */
  readonly beside?: (failing: Failing<V, W>) => string | undefined;
  readonly letAnswer: (failing: Failing<V, W>) => readonly Fix[];
  readonly letTrust: (failing: Failing<V, W>) => readonly Fix[];
  /** Fixes for a pod that was let through: one of the two above. */
  readonly mend: (failing: Failing<V, W>) => readonly Fix[];
  /** Where else refusals can be read. */
  readonly seeRefusals: (subject: Subject) => readonly Fix[];
  /** Every reason why it is not injected, in the order to fix them; and the first in a few words. */
  readonly closedTo: (view: V, subject: Subject) => readonly Found[];
  readonly shortReason: (view: V, subject: Subject) => string;
};
