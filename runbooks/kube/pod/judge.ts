// What the answers mean: the reasons of each pod that is not well, and those of pods that are missing.
import {
  age,
  cite,
  count,
  podText,
  skip,
  valueOf,
  type Answer,
  type Answers,
  type Known,
  type Rest,
  type Found as Finding,
} from '../../../src/authoring.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { refusalOf } from '../../../src/facts/kube/refusals.ts';
import { meshes } from '../../../src/meshes/meshes.ts';
import type { Reason } from '../../../src/model/kube/not-well/reason.ts';
import { whyNotWell } from '../../../src/model/kube/not-well/why.ts';
import { time } from '../../../src/model/kube/read.ts';
import { refusedPod } from '../../../src/model/kube/refused-pod.ts';
import { isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { ask, events, found, node, refused, sickOf, subjectsIn, timeOf, words } from './checks.ts';
import * as fix from './fixes.ts';
import { originOf } from './origins.ts';
import { causes, denials, tell, type Cause } from './says.ts';

const proxies = meshes.flatMap(({ proxyContainer = [] }) => proxyContainer);
const inits = meshes.flatMap(({ initContainers = [] }) => initContainers);
const mesh = {
  proxies,
  redirect: inits.map(({ redirects }) => redirects),
  otherInit: inits.flatMap(({ others }) => others),
};

const seen = { got: found, events, words, node };
type Beside = Partial<Answers<typeof seen>>;

export const why = ask({
  id: 'why',
  asks: 'Why is it not well?',
  why: 'The reason decides what to do, and who can do it.',
  rulesOut: 'a pod that is not well',
  uses: [],
  sees: seen,
  judge: (_, beside) => {
    const { got } = beside;
    if (!got || got.pods.some(({ kind }) => kind !== 'known'))
      return skip('not all pods could be read');
    if (got.of === 0) return skip('there is no pod');
    const all = sickOf(got).flatMap((pod) => ofPod(pod, beside));
    const reach =
      got.all === undefined ? undefined : `${got.sick} of ${count(got.of, 'pod')} are not well`;
    return once(all).map((one) => ({ ...one, reach }));
  },
});

/** What fails behind a redirect may fail without it too. */
const likely: ReadonlySet<Reason['is']> = new Set(['init-needs-network']);
/** Events and the log may name something narrower: a probe, another architecture, the registry's own error. */
const general: ReadonlySet<Reason['is']> = new Set([
  ...(['crashes', 'init-fails', 'has-failed', 'exits-at-once', 'image-not-pulled'] as const),
]);

function ofPod(got: Known<Pod>, beside: Beside): readonly Finding[] {
  const { name } = got.value.ref;
  const said = beside.events?.[name];
  const logs = beside.words?.[name] ?? {};
  const on = beside.node?.[name];
  const events = valueOf(said) ?? [];
  const reasons = whyNotWell({
    pod: got.value,
    events,
    node: valueOf(on),
    words: Object.fromEntries(
      Object.entries(logs).map(([container, log]) => [container, reasonOf(valueOf(log) ?? [])]),
    ),
    mesh,
    now: timeOf(got),
  });
  return reasons.map((reason) => {
    const log = 'container' in reason ? logs[reason.container] : undefined;
    const of = reason.is === 'node-down' ? on : undefined;
    const open = [said, log].some((one) => one?.kind === 'unknown');
    const sure = !(likely.has(reason.is) || (open && general.has(reason.is)));
    return finding(reason, got, log, {
      sure,
      from: cite(got, log, of, events.length > 0 ? said : undefined),
    });
  });
}

function finding(
  reason: Reason,
  got: Known<Pod>,
  log: Answer<unknown> | undefined,
  rest: Rest,
): Finding {
  const about = got.value;
  const { ref: pod, node: name } = about;
  switch (reason.is) {
    case 'starting':
      return tell(
        'starting',
        { pod, waits: reason.waits, age: ageOf(got) },
        { ...rest, fixes: [fix.see(about)] },
      );
    case 'not-ready':
      return tell(
        'not-ready',
        { pod, seen: reason.seen, probes: probesOf(about) },
        { ...rest, fixes: [fix.see(about)] },
      );
    default: {
      const proxy = about.containers.find((one) => proxies.includes(one.name))?.name ?? 'its proxy';
      const on = name === undefined ? 'its node' : `node ${name}`;
      const c = { pod, namespace: pod.namespace, on, origin: originOf(reason), proxy, about };
      return causes.tell(withWords(reason, log), c, { ...rest, stands: standsOf(reason) });
    }
  }
}

const endings: ReadonlySet<string> = new Set(['crashes', 'exits-at-once', 'killed-by-probe']);

/** Why a proxy ends is what the runbooks of its mesh are about. */
function standsOf(reason: Cause): Rest['stands'] {
  const isProxy = 'container' in reason && proxies.includes(reason.container);
  return isProxy && endings.has(reason.is) ? 'last' : undefined;
}

/** A container that says nothing, or whose log could not be read. */
function withWords(reason: Cause, log: Answer<unknown> | undefined): Cause {
  if (!('said' in reason) || reason.said !== '') return reason;
  const said = log?.kind === 'unknown' ? 'its log could not be read' : silent(log);
  return { ...reason, said };
}

function silent(log: Answer<unknown> | undefined): string {
  return log === undefined ? 'its status does not say why' : 'its log does not say why';
}

function ageOf(got: Known<Pod>): string {
  return age(timeOf(got) - (time(got.value.created) ?? timeOf(got)));
}

function probesOf({ containers }: Pod): string {
  const all = containers
    .filter(({ role, ready }) => role !== 'init' && !ready)
    .flatMap(({ name, probes }) => probes.map(({ is, does }) => `${name} ${is} ${does}`));
  return all.length === 0 ? 'none' : all.join(', ');
}

/** Pods of one workload share a reason: it is told of the first. */
function once(all: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const one of all) {
    const { container, name } = one.slots;
    const key = [one.id, container, name].filter((part) => typeof part === 'string').join(' ');
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()];
}

export const missing = ask({
  id: 'missing',
  asks: 'Are pods missing?',
  why: 'A pod that was refused has no status that could be read.',
  rulesOut: 'a pod that was refused',
  uses: [],
  sees: { got: found, refused },
  judge: (_, { got, refused: said }, { target }) => {
    if (got?.all === undefined) return skip('the pod exists');
    if (got.all.kind !== 'known') return skip('the workloads could not be read');
    const from = cite(got.all, said);
    return subjectsIn(got.all, target).flatMap((of) => {
      if (of.wanted === 0 && of.pods.length === 0)
        return target.is === 'workload' ? atZero(of, from) : [];
      return isShort(of)
        ? [lacking(of, refusalOf(valueOf(said) ?? [], of.maker)?.message, from)]
        : [];
    });
  },
});

function lacking(of: Subject, event: string | undefined, from: Rest['from']): Finding {
  const alive = of.pods.filter(({ deleting }) => !deleting).length;
  const lacks = `has ${alive} of ${count(of.wanted, 'pod')}`;
  const c = { workload: workloadText(of), namespace: of.namespace, lacks, of };
  const message = event ?? of.failure;
  if (message !== undefined) return denials.tell(refusedPod(message), c, { from });
  const slots = { workload: c.workload, lacks, condition: undefined };
  return tell('pods-missing', slots, { from, fixes: [fix.seeWorkload(of)] });
}

function atZero(of: Subject, from: Rest['from']): readonly Finding[] {
  if (of.maker.kind !== 'Deployment' && of.maker.kind !== 'StatefulSet') return [];
  const slots = { workload: workloadText(of) };
  return [tell('scaled-to-zero', slots, { from, fixes: fix.scaleUp(of) })];
}

function workloadText({ maker }: Subject): string {
  return `${maker.kind} ${podText(maker)}`;
}
