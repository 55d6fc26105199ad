// How `linkerd-injection` concludes about one pod or workload: what would happen to a new pod, compared with what is there
// now.
import { clear, type Judgement, type Place } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import { sidecarOf } from '../../../src/model/linkerd/inject/decide.ts';
import { startOf } from '../../../src/model/linkerd/inject/start.ts';
import { nowOf } from '../../../src/model/linkerd/inject/subject.ts';
import type { Verdict } from '../../../src/model/linkerd/inject/verdict.ts';
import { subjectOf, type Running } from '../../shared/kube/subject.ts';
import { keepIstioOff } from './fixes.ts';
import { closedTo, shortReason } from './gates.ts';
import { verdictFor } from './here.ts';
import { bare } from './judge/bare.ts';
import { ignored } from './judge/ignored.ts';
import { broken } from './judge/unreachable.ts';
import { notCreated, notListed } from './mesh.ts';
import { tell } from './says.ts';
import type { View } from './view.ts';

export function passed(view: View, running: Running | undefined, target: Place): Judgement {
  const subject = subjectOf(running, target);
  if (!subject) return notListed(view, running, target);
  const verdict = verdictFor(view, subject);
  const now = nowOf(subject.pods);
  if (now.is === 'injected' || now.is === 'stuck') {
    return holding(view, subject, now.pod, verdict);
  }
  if (verdict.is === 'unknown') {
    const about = { subject: subject.text, why: verdict.because };
    return [tell('undecided', about, { from: view.from })];
  }
  if (verdict.is !== 'injected') return closedTo(view, subject);
  if (now.is === 'bare') return [bare(view, subject, now.pod, verdict.by)];
  return notCreated(view, subject, verdict.by);
}

/** It has a proxy: whether the next pod would have one too. */
function holding(view: View, of: Subject, pod: Pod, verdict: Verdict): Judgement {
  const subject = of.text;
  const other = pod.containers.find((one) => sidecarOf([one])?.of === 'Istio');
  if (other) {
    const about = { subject, container: other.name };
    return [tell('two-proxies', about, { ...view.grounds, fixes: keepIstioOff(of) })];
  }
  if (verdict.is === 'unknown') return [];
  if (verdict.is !== 'injected') {
    return [tell('loses-proxy', { subject, why: shortReason(view, of) }, view.grounds)];
  }
  const failing = [...broken(view, of, verdict.by), ...ignored(view, of)];
  if (failing.length > 0 || startOf(pod).is !== 'fine' || !view.sure) return failing;
  return clear(`${subject} has a proxy, and a new pod would get one too.`);
}
