// Pods that are missing: refused because of a webhook that fails, by the injector, or by a policy; or nothing tells why.
import {
  count,
  kubectl,
  type Fix,
  type Found,
  type Place,
  type Rest,
} from '../../../src/authoring.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { byRule, type RefusedPod } from '../../../src/model/kube/refused-pod.ts';
import { readRefusal, type Refusal } from '../../../src/model/kube/refusal.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import type { MutatingWebhook } from '../../../src/model/kube/webhook.ts';
import { ruleOf } from '../kube/refused.ts';
import { subjectOf, type Running } from '../kube/subject.ts';
import type { Failing, Mesh, View } from './mesh.ts';
import type { Words } from './says.ts';
import { closingTrouble } from './trouble.ts';

type Is<K> = Extract<Refusal, { readonly is: K }>;
/** What the sentences about a webhook that fails name of it. */
type Said = { readonly configuration: string; readonly why: string };

export function refusalsOf<V extends View, W extends MutatingWebhook>(mesh: Mesh<V, W>) {
  const { words, fixes, tell } = mesh;

  function refusedAt(view: V, running: Running | undefined, target: Place): readonly Found[] {
    if (target.is === 'namespace') return refusedIn(view);
    const subject = subjectOf(running, target);
    return subject ? refused(view, subject) : [];
  }

  /** For a whole namespace: the first workload whose refusal can be explained stands for all. */
  function refusedIn(view: V): readonly Found[] {
    const short = view.everything.filter(isShort);
    const reach = `pods are missing in ${short.length} of ${count(view.everything.length, 'workload')} of ${view.namespace.name}`;
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
      const who = sidecar ? words.breaks : `The pods break the rule even without a ${words.proxy}.`;
      const about = { subject: subject.text, level, why, who };
      return tell('pod-security', about, { ...rest, fixes: allowing(subject, read) });
    }
    const rule = read.is === 'other' ? byRule(why) : webhookRule(read);
    const about = {
      subject: subject.text,
      why,
      who: whoText(rule, read, words),
      by: refuser(rule),
    };
    const where = ruleOf(rule, subject.namespace);
    const see = where ? [fixes.lookAt(subject, where.does, where.run)] : [];
    return tell('refused', about, { ...rest, fixes: [...see, ...mesh.seeRefusals(subject)] });
  }

  function unreachable(view: V, subject: Subject, read: Is<'unreachable'>, rest: Rest): Found {
    const webhook = named(view, subject, read.webhook);
    const trouble = webhook && mesh.troubleOf(view, webhook);
    const failing = { view, subject, webhook, trouble };
    const configuration = webhook?.configuration ?? read.webhook;
    if (read.trust) {
      const why = bothText(webhook && mesh.trustText(view, webhook), read.why);
      return untrusted(failing, { configuration, why }, rest);
    }
    const why = bothText(trouble?.is === 'untrusted' ? undefined : trouble?.why, read.why);
    return cutOff(failing, { configuration, why }, rest);
  }

  /** The API server names the entry, which several configurations may have: an old install may have left one behind. */
  function named(view: V, subject: Subject, entry: string): W | undefined {
    const all = mesh.webhooksNamed(view, entry);
    const called = mesh.called(view, subject);
    const broken = all.find((one) => mesh.troubleOf(view, one) !== undefined);
    return all.find((one) => one === called) ?? broken ?? all[0] ?? called;
  }

  /** No event, but the webhook that is called gets no answer and fails closed. */
  function unanswered(view: V, subject: Subject, rest: Rest): readonly Found[] {
    const webhook = mesh.called(view, subject);
    const trouble = webhook && closingTrouble(mesh, view, webhook);
    if (!trouble || trouble.is === 'blocked') return [];
    const failing = { view, subject, webhook, trouble };
    const said = { configuration: webhook.configuration, why: trouble.why };
    return [(trouble.is === 'outage' ? cutOff : untrusted)(failing, said, rest)];
  }

  function cutOff(failing: Failing<V, W>, said: Said, rest: Rest): Found {
    const about = { subject: failing.subject.text, ...said, hint: hintOf(failing) };
    return tell('webhook-unreachable', about, { ...rest, fixes: mesh.letAnswer(failing) });
  }

  /** Nothing is said of a network where something else is known to be wrong, or where there is no Service. */
  function hintOf(failing: Failing<V, W>): string | undefined {
    const { webhook, trouble } = failing;
    const beside = mesh.beside?.(failing);
    if (beside !== undefined || trouble?.is === 'outage') return beside;
    if (webhook?.backend.is === 'url')
      return 'The webhook calls a URL, not a Service of this cluster.';
    return `The API server calls port 443 of the Service, which forwards to port ${words.port} of ${words.injector}; firewalls of private clusters often block that port.`;
  }

  function untrusted(failing: Failing<V, W>, said: Said, rest: Rest): Found {
    const bundle = failing.webhook && mesh.keeper(failing.webhook);
    const about = { subject: failing.subject.text, ...said, bundle };
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
      does: `Allow privileged pods in namespace ${namespace} until ${words.until}`,
      run: enforce('privileged'),
      risk: 'changes-security',
      touches: `every new pod in ${namespace}`,
      undo: { run: enforce(now) },
      verify: fixes.verify(subject),
      note: `With the ${words.plugin} plugin no container needs NET_ADMIN, so the level can stay as it is.`,
    };
  }

  /** A new pod would be injected, yet pods are missing, and neither an event nor the webhook says why. */
  function notCreated(view: V, of: Subject, by: W): readonly Found[] {
    const isTold = messageOf(view, of) !== undefined;
    if (!isShort(of) || isTold || closingTrouble(mesh, view, by)) return [];
    const { kind, name, namespace } = of.maker;
    const describe = kubectl`describe ${kind.toLowerCase()} ${name} -n ${namespace}`;
    const pods = { pods: of.pods.length, wanted: of.wanted };
    const rest = { from: view.from, fixes: [fixes.lookAt(of, 'Read its conditions', describe)] };
    return [tell('not-created', { subject: of.text, ...pods, ...mesh.about(by) }, rest)];
  }

  /** A kind that meshdoc does not read, without a pod to read instead. */
  function notListed(view: V, running: Running | undefined, target: Place): readonly Found[] {
    if (running?.all.kind !== 'known' || target.is !== 'workload') return [];
    const subject = `${target.resource.kind} ${target.namespace}/${target.name}`;
    const why = 'it has no pods, and meshdoc does not read the pod template of its kind';
    return [tell('undecided', { subject, why }, { from: view.from })];
  }

  return { refusedAt, notCreated, notListed };
}

function messageOf({ refusals }: View, { maker, failure }: Subject): string | undefined {
  return refusalOf(refusals, maker)?.message ?? failure;
}

function webhookRule({ is, webhook, why: said }: Is<'unreachable' | 'denied'>): RefusedPod {
  return { is: is === 'denied' ? 'webhook-denies' : 'webhook-unreachable', webhook, said };
}

type NoInjector = Is<'unreachable' | 'denied' | 'other'>;

function whoText(rule: RefusedPod, read: NoInjector, { proxy, plugin }: Words): string {
  if ('webhook' in rule) return `Injection is not the cause: webhook ${rule.webhook} is.`;
  // Only the container that sets up the redirect needs them.
  if (/NET_ADMIN|NET_RAW/.test(rule.said))
    return `The injected init container needs this right; with the ${plugin} plugin no container needs it.`;
  if (read.is === 'other' && read.sidecar) return 'The injected containers break the rule.';
  return limiting.has(rule.is)
    ? `If this is about containers, the ${proxy} counts as one, with its own requests and limits.`
    : '';
}

const limiting: ReadonlySet<string> = new Set([
  'quota-exceeded',
  'quota-needs-values',
  'limit-range-denies',
]);

function refuser(rule: RefusedPod): string {
  if (rule.is === 'webhook-denies') return `webhook ${rule.webhook}`;
  return rule.is === 'scc-denies' ? 'OpenShift' : 'the API server';
}

/** What was seen, then the words of the API server. */
function bothText(seen: string | undefined, said: string): string {
  return seen === undefined ? said : `${seen}; API server: ${said}`;
}
