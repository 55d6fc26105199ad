// One pod or workload: what would happen to a new pod, compared with what is there now.
import { age, clear, kubectl, listed, type Clear, type Found } from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { bypassedBy } from '../../../../src/model/istio/inject/bypass.ts';
import { injectionKey, revKey } from '../../../../src/model/istio/inject/reasons.ts';
import {
  hasAutoImage,
  nowOf,
  wantsAmbient,
  type Now,
} from '../../../../src/model/istio/inject/subject.ts';
import type { Verdict } from '../../../../src/model/istio/inject/verdict.ts';
import type { Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import { meshRole, proxyOf } from '../../../../src/model/istio/mesh-pod.ts';
import { imageVersion, isOlder } from '../../../../src/model/istio/version.ts';
import { createdAt, type Subject } from '../../../../src/model/kube/subject.ts';
import { closingTrouble, failingOpen } from '../../../shared/admission/trouble.ts';
import { fixes } from '../fixes.ts';
import { letAnswer } from '../fixes/webhook.ts';
import { closedTo, shortReason } from '../gates.ts';
import { mesh, notCreated } from '../mesh.ts';
import { tell } from '../says.ts';
import { troubleOf } from '../trouble.ts';
import { verdictFor, type View } from '../view.ts';

type Injected = Extract<Verdict, { is: 'injected' }>;

export function gatesOf(view: View, subject: Subject): readonly Found[] {
  const verdict = verdictFor(view, subject);
  const now = nowOf(subject.pods);
  if (now.is === 'injected') return injected(view, subject, now, verdict);
  if (isAmbient(view, subject, verdict)) return [ambient(view, subject, now)];
  const auto = hasAutoImage(subject.template)
    ? [tell('auto-image', { subject: subject.text }, { from: view.from })]
    : [];
  return [...auto, ...without(view, subject, now, verdict)];
}

function without(view: View, subject: Subject, now: Now, verdict: Verdict): readonly Found[] {
  if (verdict.is === 'unknown') return undecided(view, subject.text, verdict.because);
  if (verdict.is !== 'injected') return closedTo(view, subject);
  return now.is === 'bare'
    ? bare(view, subject, now.pod, verdict)
    : notCreated(view, subject, verdict.by);
}

/** No webhook is called, and none should be. */
export function isAmbient({ namespace }: View, { template }: Subject, verdict: Verdict): boolean {
  return verdict.is === 'not-called' && wantsAmbient(namespace.labels, template);
}

function ambient({ from }: View, subject: Subject, now: Now): Found {
  const about = { subject: subject.text };
  if (now.is !== 'bare') return tell('ambient', about, { from });
  const agents = kubectl`get pods -A -o wide -l k8s-app=istio-cni-node`;
  const see = fixes.lookAt(subject, 'Check whether istio-cni runs on its node', agents);
  return tell('ambient-pending', about, { from, fixes: [see] });
}

/** A config that could not be read is a gap already; match conditions, and a config that does not exist, are not. */
export function undecided(view: View, subject: string, why: string): readonly Found[] {
  return view.configGap ? [] : [tell('undecided', { subject, why }, { from: view.from })];
}

function injected(
  view: View,
  subject: Subject,
  now: Extract<Now, { is: 'injected' }>,
  verdict: Verdict,
): readonly Found[] {
  const about = { subject: subject.text };
  const { grounds } = view;
  const how = bypassedBy(now.pod);
  const beside = [
    ...(wantsAmbient(view.namespace.labels, now.pod)
      ? [tell('ambient-conflict', about, grounds)]
      : []),
    ...(how.length > 0 ? [bypassed(view, subject, how)] : []),
  ];
  if (verdict.is === 'unknown') return beside;
  if (verdict.is !== 'injected') {
    const why = shortReason(view, subject);
    return [...beside, tell('loses-sidecar', { ...about, why }, grounds)];
  }
  const moved = revisionsOf(now, verdict);
  const changes = moved
    ? [tell('revision-changes', { ...about, ...moved }, grounds)]
    : olderProxy(view, subject, now.pod, verdict.by);
  return [...beside, ...changes, ...afterwards(view, subject, verdict)];
}

/** It was injected, and by design with no proxy. */
export function withoutProxy({ text, pods }: Subject): Clear | undefined {
  const now = nowOf(pods);
  const role = now.is === 'injected' ? meshRole(now.pod) : undefined;
  if (role?.is === 'custom')
    return clear(
      `${text} was injected with ${listed(role.added)} by a custom template, which adds no istio-proxy.`,
    );
  if (role?.is !== 'proxyless' || role.proxy) return undefined;
  return clear(
    `${text} was injected for proxyless gRPC: the application itself takes config and policies from istiod, and has no istio-proxy.`,
  );
}

function bypassed({ grounds }: View, subject: Subject, how: readonly string[]): Found {
  const see = fixes.readManifest(subject, 'Find in its manifest what makes the traffic bypass it');
  const about = { subject: subject.text, how: how.join('; ') };
  return tell('bypassed', about, { ...grounds, fixes: [see] });
}

/** A new pod would get a newer proxy: istioctl's IST0105. An image that the pod names itself stays. */
function olderProxy(view: View, subject: Subject, one: Pod, by: Webhook): readonly Found[] {
  const image = proxyOf(meshRole(one))?.image;
  const [now, next] = [image ?? '', `:${view.proxyTags.get(by.revision) ?? ''}`].map(imageVersion);
  const isOwn = one.annotations['sidecar.istio.io/proxyImage'] !== undefined;
  if (isOwn || now === undefined || next === undefined || !isOlder(now, next)) return [];
  const rest = { ...view.grounds, fixes: [fixes.renew(subject)] };
  return [tell('older-proxy', { subject: subject.text, now, next }, rest)];
}

/** The one it has and the one it would get, where they differ. */
export function revisionsOf(now: Now, verdict: Verdict) {
  if (now.is !== 'injected' || verdict.is !== 'injected' || now.revision === undefined) return;
  const next = verdict.by.revision;
  return now.revision === next ? undefined : { now: now.revision, next };
}

/** What is unusual about its injection, and whether its next pods would be refused. */
function afterwards(view: View, subject: Subject, { all, by }: Injected): readonly Found[] {
  const { grounds } = view;
  const webhooks = all.map(({ configuration }) => configuration).join(', then ');
  return [
    ...(all.length > 1
      ? [tell('double-injection', { subject: subject.text, webhooks }, grounds)]
      : []),
    ...labelsConflict(view, by.revision),
    ...restartRefused(view, subject, by),
  ];
}

/** The label istio.io/rev of the namespace, where the other one overrides it. */
export function labelsConflict({ namespace, grounds }: View, revision: string): readonly Found[] {
  const { labels, name } = namespace;
  const rev = labels[revKey];
  const isIdle = rev !== undefined && labels[injectionKey] !== undefined && rev !== revision;
  return isIdle ? [tell('labels-conflict', { namespace: name, rev, revision }, grounds)] : [];
}

/** Its pods exist, but new ones would be refused. */
function restartRefused(view: View, subject: Subject, webhook: Webhook): readonly Found[] {
  const trouble = closingTrouble(mesh, view, webhook);
  if (!trouble) return [];
  const named = { subject: subject.text, configuration: webhook.configuration };
  const about = { ...named, why: trouble.why };
  const mended = letAnswer({ view, subject, webhook, trouble });
  return [tell('restart-refused', about, { from: view.answering, sure: view.sure, fixes: mended })];
}

/** No sidecar, though a new pod would get one: it was created before that, or while the webhook failed. */
function bare(view: View, subject: Subject, pod: Pod, verdict: Injected): readonly Found[] {
  return [madeBare(view, subject, pod, verdict.by), ...afterwards(view, subject, verdict)];
}

function madeBare(view: View, subject: Subject, pod: Pod, by: Webhook): Found {
  const older = olderThan(view, pod, by);
  const trouble = troubleOf(view, by);
  if (by.failurePolicy === 'Ignore' && (trouble || !older)) {
    const sure = view.sure && trouble !== undefined;
    return failingOpen(mesh, { view, subject, webhook: by, trouble }, sure);
  }
  const about = { subject: subject.text, revision: by.revision };
  const rest = { ...view.grounds, fixes: [fixes.renew(subject)] };
  const own = verdictFor(view, { template: pod });
  if (own.is !== 'injected' && own.is !== 'unknown') {
    const what = 'the labels of its pods and its template differ';
    return tell('older-than-template', { ...about, what }, rest);
  }
  return older
    ? tell(older.is, { ...about, what: older.what }, { ...rest, sure: false })
    : tell('unexplained', about, rest);
}

/** The latest change after the pod was created. Which field changed is not recorded: likely, at most. */
function olderThan(view: View, pod: Pod, by: Webhook) {
  const made = createdAt(pod);
  if (made === undefined) return undefined;
  const { changed, name } = view.namespace;
  const found = [
    {
      is: 'older-than-label' as const,
      at: changed?.at ?? 0,
      what: `namespace ${name} was last changed by ${changed?.by ?? 'someone'}`,
    },
    {
      is: 'older-than-webhook' as const,
      at: by.created ?? 0,
      what: `${by.configuration} was created`,
    },
  ];
  const [latest] = found.filter(({ at }) => at > made).toSorted((a, b) => b.at - a.at);
  return latest && { ...latest, what: `${latest.what} ${age(latest.at - made)} after the pod` };
}
