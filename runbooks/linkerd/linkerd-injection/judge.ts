// How `linkerd-injection` concludes about one pod or workload: what both gates would make of a new pod, held against what
// is there now.
import { clear, kubectl, type Found, type Judgement, type Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { sidecarOf } from '../../../src/model/linkerd/inject/decide.ts';
import { startOf } from '../../../src/model/linkerd/inject/start.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import type { Verdict } from '../../../src/model/linkerd/inject/verdict.ts';
import type { Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import { keepIstioOff, lookAt } from './fixes.ts';
import { closed, shortReason } from './gates.ts';
import { verdictFor } from './here.ts';
import { bare } from './judge/bare.ts';
import { broken } from './judge/unreachable.ts';
import { subjectOf, type Running } from '../../shared/kube/subject.ts';
import { tell } from './says.ts';
import { troubleOf } from './trouble.ts';
import type { View } from './view.ts';

export function passed(view: View, running: Running | undefined, target: Place): Judgement {
  const subject = subjectOf(running, target);
  if (!subject) return notListed(view, running, target);
  const verdict = verdictFor(view, subject);
  const now = nowOf(subject.pods);
  if (now.is === 'injected' || now.is === 'stuck') {
    return holding(view, subject, now.pod, verdict);
  }
  if (verdict.is === 'unknown') return [undecided(view, subject.text, verdict.because)];
  if (verdict.is !== 'injected') return closed(view, subject);
  if (now.is === 'bare') return [bare(view, subject, now.pod, verdict.by)];
  return notCreated(view, subject, verdict.by);
}

function undecided(view: View, subject: string, why: string): Found {
  return tell('undecided', { subject, why }, { from: view.from });
}

/** A kind that is not read, without a pod to read in its place. */
function notListed(view: View, running: Running | undefined, target: Place): readonly Found[] {
  if (running?.all.kind !== 'known' || target.is !== 'workload') return [];
  const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
  return [undecided(view, subject, 'it has no pods, and what it would make is not read')];
}

/** Both gates are open, no pod is there, and nobody said why. */
function notCreated(view: View, of: Subject, by: Webhook): readonly Found[] {
  const unasked = isShort(of) && refusalOf(view.refusals, of.maker) === undefined;
  const isClosed = by.failurePolicy === 'Fail' && troubleOf(view, by) !== undefined;
  if (!unasked || isClosed || of.failure !== undefined) return [];
  const { kind, name, namespace } = of.maker;
  const see = kubectl`describe ${kind.toLowerCase()} ${name} -n ${namespace}`;
  const about = { subject: of.text, pods: of.pods.length, wanted: of.wanted };
  const rest = { from: view.from, fixes: [lookAt(of, 'See its conditions', see)] };
  return [tell('not-created', about, rest)];
}

/** It has a proxy: whether the next pod would have one, too. */
function holding(view: View, of: Subject, pod: Pod, verdict: Verdict): Judgement {
  const subject = of.text;
  const rest = { from: view.from, sure: view.sure };
  const other = pod.containers.find((one) => sidecarOf([one])?.of === 'Istio');
  if (other) {
    const about = { subject, container: other.name };
    return [tell('two-proxies', about, { ...rest, fixes: keepIstioOff(of) })];
  }
  if (verdict.is === 'unknown') return [];
  if (verdict.is !== 'injected') {
    return [tell('loses-proxy', { subject, why: shortReason(view, of) }, rest)];
  }
  const failing = broken(view, of, verdict.by);
  if (failing.length > 0 || startOf(pod).is !== 'fine' || !view.sure) return failing;
  return clear(`${subject} has a proxy, and a new pod would get one.`);
}
