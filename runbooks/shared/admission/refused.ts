// Pods that are not there: refused by a webhook nobody answers, by the injector, by a policy; or nobody says why.
import {
  count,
  kubectl,
  type Fix,
  type Found,
  type Place,
  type Rest,
} from '../../../src/authoring.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { readRefusal, type Refusal } from '../../../src/model/kube/refusal.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import type { MutatingWebhook } from '../../../src/model/kube/webhook.ts';
import { subjectOf, type Running } from '../kube/subject.ts';
import type { Failing, Mesh, View } from './mesh.ts';
import { closingTrouble } from './trouble.ts';

type Is<K> = Extract<Refusal, { readonly is: K }>;

export function refusalsOf<V extends View, W extends MutatingWebhook>(mesh: Mesh<V, W>) {
  const { words, fixes, tell } = mesh;

  function refusedAt(view: V, running: Running | undefined, target: Place): readonly Found[] {
    if (target.is === 'namespace') return refusedIn(view);
    const subject = subjectOf(running, target);
    return subject ? refused(view, subject) : [];
  }

  /** Of a whole namespace: the first workload whose refusal can be told stands for all. */
  function refusedIn(view: V): readonly Found[] {
    const short = view.everything.filter(isShort);
    const reach = `${count(short.length, 'workload')} of ${view.everything.length} in ${view.namespace.name} get no pods`;
    return short.flatMap((subject) => refused(view, subject, reach)).slice(0, 1);
  }

  function refused(view: V, subject: Subject, reach?: string): readonly Found[] {
    if (!isShort(subject)) return [];
    const rest = { from: view.refusing, sure: view.sure, reach };
    const message = messageOf(view, subject);
    return message === undefined
      ? unanswered(view, subject, rest)
      : [refusal(view, subject, readRefusal(message, mesh.refusal), rest)];
  }

  function refusal(view: V, subject: Subject, read: Refusal, rest: Rest): Found {
    const { why } = read;
    if (read.is === 'unreachable' && read.injector) return unreachable(view, subject, read, rest);
    if (read.is === 'denied' && read.injector) {
      const see = fixes.readManifest(subject, 'Read the annotations of the pod template');
      return tell('injection-failed', { subject: subject.text, why }, { ...rest, fixes: [see] });
    }
    if (read.is === 'pod-security') {
      const { level, sidecar } = read;
      const who = sidecar ? words.breaks : `The pods break the rule without a ${words.proxy} too.`;
      const about = { subject: subject.text, level, why, who };
      return tell('pod-security', about, { ...rest, fixes: allowing(subject, read) });
    }
    const about = { subject: subject.text, why, who: whoText(read, words.proxy) };
    const limits = kubectl`get limitrange,resourcequota -n ${subject.namespace}`;
    const see = fixes.lookAt(subject, 'See what limits pods there', limits);
    return tell('refused', about, { ...rest, fixes: [see, ...mesh.seeRefusals(subject)] });
  }

  function unreachable(view: V, subject: Subject, read: Is<'unreachable'>, rest: Rest): Found {
    const webhook = mesh.called(view, subject) ?? mesh.webhookNamed(view, read.webhook);
    const trouble = webhook && mesh.troubleOf(view, webhook);
    const failing = { view, subject, webhook, trouble };
    if (read.trust) {
      const bundle = webhook && sentence(mesh.trustText(view, webhook));
      return untrusted(failing, read.why, bundle, rest);
    }
    const behind = trouble && trouble.is !== 'untrusted' ? `: ${trouble.why}` : '';
    return cutOff(failing, read.why + behind, rest);
  }

  /** No event, yet nothing can answer the webhook that is called: it fails closed. */
  function unanswered(view: V, subject: Subject, rest: Rest): readonly Found[] {
    const webhook = mesh.called(view, subject);
    const trouble = webhook && closingTrouble(mesh, view, webhook);
    if (!trouble || trouble.is === 'blocked') return [];
    const failing = { view, subject, webhook, trouble };
    if (trouble.is === 'outage') return [cutOff(failing, trouble.why, rest)];
    const bundle = mesh.keeper(webhook) ?? sentence(trouble.why);
    return [untrusted(failing, trouble.why, bundle, rest)];
  }

  function cutOff(failing: Failing<V, W>, why: string, rest: Rest): Found {
    const about = { subject: failing.subject.text, why };
    return tell('webhook-unreachable', about, { ...rest, fixes: mesh.letAnswer(failing) });
  }

  function untrusted(failing: Failing<V, W>, why: string, bundle: string | undefined, rest: Rest) {
    const about = { subject: failing.subject.text, why, bundle };
    return tell('webhook-untrusted', about, { ...rest, fixes: mesh.letTrust(failing) });
  }

  function allowing(subject: Subject, { level, sidecar }: Is<'pod-security'>): readonly Fix[] {
    const [enforced = ''] = level.split(':');
    const see = kubectl`get namespace ${subject.namespace} --show-labels`;
    return [
      ...(sidecar && enforced !== '' ? [allow(subject, enforced)] : []),
      fixes.lookAt(subject, 'See which level the namespace enforces', see),
    ];
  }

  /** Only `privileged` lets a container have NET_ADMIN. `now` is what the namespace enforces. */
  function allow(subject: Subject, now: string): Fix {
    const { namespace } = subject;
    const enforce = (level: string) =>
      kubectl`label namespace ${namespace} pod-security.kubernetes.io/enforce=${level} --overwrite`;
    return {
      does: `Let namespace ${namespace} have privileged pods, until ${words.until}`,
      run: enforce('privileged'),
      risk: 'changes-security',
      touches: `every pod of ${namespace} that is created from now on`,
      undo: { run: enforce(now) },
      verify: fixes.verify(subject),
      note: `With the ${words.plugin} plugin no container needs NET_ADMIN, and the level can stay.`,
    };
  }

  /** Both gates are open, pods are missing, and neither an event nor the webhook says why. */
  function notCreated(view: V, of: Subject, by: W): readonly Found[] {
    const isTold = messageOf(view, of) !== undefined;
    if (!isShort(of) || isTold || closingTrouble(mesh, view, by)) return [];
    const { kind, name, namespace } = of.maker;
    const describe = kubectl`describe ${kind.toLowerCase()} ${name} -n ${namespace}`;
    const pods = { pods: of.pods.length, wanted: of.wanted };
    const rest = { from: view.from, fixes: [fixes.lookAt(of, 'See its conditions', describe)] };
    return [tell('not-created', { subject: of.text, ...pods, ...mesh.about(by) }, rest)];
  }

  /** A kind that is not read, without a pod to read in its place. */
  function notListed(view: V, running: Running | undefined, target: Place): readonly Found[] {
    if (running?.all.kind !== 'known' || target.is !== 'workload') return [];
    const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
    const why = 'it has no pods, and what it would make is not read';
    return [tell('undecided', { subject, why }, { from: view.from })];
  }

  return { refusedAt, notCreated, notListed };
}

function messageOf({ refusals }: View, { maker, failure }: Subject): string | undefined {
  return refusalOf(refusals, maker)?.message ?? failure;
}

function whoText(read: Is<'unreachable' | 'denied' | 'other'>, proxy: string): string {
  if (read.is !== 'other') return `This is not injection: it is the webhook ${read.webhook}.`;
  return read.sidecar
    ? 'It is the injected containers that break the rule.'
    : `If it speaks of containers, the ${proxy} is one of them: its own requests and limits count.`;
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
