// What is asked about a pod that is not well. A pod that is well is asked nothing more.
import {
  check,
  skip,
  valueOf,
  type Answer,
  type Known,
  type MeshChoice,
  type Place,
  type PodRef,
  type Skip,
} from '../../../src/authoring.ts';
import type { Event } from '../../../src/facts/kube/events.ts';
import { lastWords } from '../../../src/facts/kube/last-words.ts';
import { nodeHealth, type NodeHealth } from '../../../src/facts/kube/node-health.ts';
import { podEvents } from '../../../src/facts/kube/pod-events.ts';
import { pod, unwell, type Pod } from '../../../src/facts/kube/pod.ts';
import { refusals } from '../../../src/facts/kube/refusals.ts';
import { workloads, type Workloads } from '../../../src/facts/kube/workloads.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { overdue } from '../../../src/model/kube/not-well/whole.ts';
import { everySubject, isShort, type Subject } from '../../../src/model/kube/subject.ts';
import { namespaceOf, subjectOf } from '../../shared/kube/subject.ts';

export const ask = check<MeshChoice & { readonly target: Place }>();

/** More pods than these are not read one by one. */
const most = 3;

export type Found = {
  /** Absent where one pod was asked about. */
  readonly all: Answer<Workloads> | undefined;
  readonly pods: readonly Answer<Pod>[];
  /** How many are not well, of how many there are. */
  readonly sick: number;
  readonly of: number;
};

export const found = ask({
  id: 'pods',
  asks: 'Which pods are not well?',
  why: 'The status of a pod says which container is not well, or that no node takes it.',
  uses: [pod, workloads],
  gather: async (look, { target }): Promise<Found> => {
    if (target.is === 'pod') {
      const one = await look(pod, { pod: target.pod });
      return { all: undefined, pods: [one], sick: 1, of: 1 };
    }
    const all = await look(workloads, { namespace: namespaceOf(target) });
    const pods = subjectsIn(all, target).flatMap((one) => one.pods);
    const sick = all.kind === 'known' ? pods.filter((one) => isSick(one, timeOf(all))) : [];
    const read = eachOnce(sick)
      .slice(0, most)
      .map(({ ref }) => look(pod, { pod: ref }));
    return { all, pods: await Promise.all(read), sick: sick.length, of: pods.length };
  },
});

export function subjectsIn(all: Answer<Workloads> | undefined, target: Place): readonly Subject[] {
  const value = valueOf(all);
  if (!all || !value) return [];
  if (target.is === 'namespace') return everySubject(value);
  const one = subjectOf({ pod: undefined, all }, target);
  return one ? [one] : [];
}

/** One of each workload before the second of any. */
function eachOnce(all: readonly Pod[]): readonly Pod[] {
  const nameOf = ({ workload, ref }: Pod) => workload?.name ?? ref.name;
  const isFirst = (one: Pod) => all.find((other) => nameOf(other) === nameOf(one)) === one;
  return all.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
}

/** Of a workload, a pod that goes as it should is no fault: another takes its place. */
function isSick(one: Pod, now: number): boolean {
  return one.deletion ? overdue(one.deletion, now) : unwell(one).length > 0;
}

export function timeOf({ evidence }: Known<unknown>): number {
  return Date.parse(evidence.at);
}

/** Those that were read and are not well. */
export function sickOf({ pods }: Found): readonly Known<Pod>[] {
  return pods.filter(
    (one): one is Known<Pod> => one.kind === 'known' && unwell(one.value).length > 0,
  );
}

/** Nothing more is asked about pods that are well. */
function anySick(got: Found): Skip | undefined {
  return sickOf(got).length > 0 ? undefined : skip('no pod that was read is unwell');
}

type By<T> = Readonly<Record<string, T>>;

async function each<T>(got: Found, one: (pod: Pod) => Promise<T>): Promise<By<T>> {
  const all = sickOf(got).map(async ({ value }) => [value.ref.name, await one(value)] as const);
  return Object.fromEntries(await Promise.all(all));
}

export const events = ask({
  id: 'events',
  asks: 'What do the events about it say?',
  why: 'Only events tell of a failed pull, mount, probe or sandbox; they are kept for an hour.',
  uses: [podEvents],
  after: { got: found },
  when: ({ got }) => anySick(got) ?? true,
  gather: (look, _, { got }): Promise<By<Answer<readonly Event[]>>> =>
    each(got, ({ ref }) => look(podEvents, { pod: ref })),
});

export const words = ask({
  id: 'words',
  asks: 'What did its containers say before they ended?',
  why: 'A container that ends by itself says why in its log.',
  uses: [lastWords],
  after: { got: found },
  when: ({ got }) =>
    anySick(got) ??
    (sickOf(got).some(({ value }) => ended(value).length > 0) || skip('no container has failed')),
  gather: (look, _, { got }): Promise<By<By<Answer<readonly string[]>>>> =>
    each(got, async (one) => {
      const said = ended(one).map(async (container) => {
        const answer = await look(lastWords, logOf(one.ref, container));
        return [container.name, answer] as const;
      });
      return Object.fromEntries(await Promise.all(said));
    }),
});

/** At most three, in the order in which they start. */
function ended({ containers }: Pod): readonly Container[] {
  return containers
    .filter(({ state, last }) => {
      const end = state.is === 'terminated' ? state : last;
      if (end.is !== 'terminated' || end.exitCode === 0) return false;
      return state.is !== 'running' && !silent.has(end.reason);
    })
    .slice(0, most);
}

/** Killed by the kernel, or never started. */
const silent = new Set(['OOMKilled', 'StartError', 'ContainerCannotRun']);

function logOf(ref: PodRef, { name, state }: Container) {
  const isOver = state.is === 'terminated';
  return { pod: ref, container: name, ...(isOver ? { run: 'latest' as const } : {}) };
}

export const node = ask({
  id: 'node',
  asks: 'Is its node well?',
  why: 'The pods of a node that is gone keep the status that they had.',
  uses: [nodeHealth],
  after: { got: found },
  when: ({ got }) =>
    anySick(got) ??
    (sickOf(got).some((one) => nodeToAsk(one) !== undefined) ||
      skip('nothing in its status points to the node')),
  gather: (look, _, { got }): Promise<By<Answer<NodeHealth> | undefined>> => {
    const asked = new Map(sickOf(got).map((one) => [one.value.ref.name, nodeToAsk(one)]));
    return each(got, async ({ ref }) => {
      const name = asked.get(ref.name);
      return name === undefined ? undefined : look(nodeHealth, { node: name });
    });
  },
});

/** All its containers are ready and it is not, or it should be gone: its kubelet may not report any more. */
function nodeToAsk(got: Known<Pod>): string | undefined {
  const { node: name, containers, phase, deletion, ready } = got.value;
  const works = containers.every(({ role, ready: is }) => role === 'init' || is);
  const isLost = phase === 'Unknown' || (phase === 'Running' && works && !ready);
  const isStuck = deletion !== undefined && overdue(deletion, timeOf(got));
  return isLost || isStuck ? name : undefined;
}

export const refused = ask({
  id: 'refused',
  asks: 'Which pods were refused, and why?',
  why: 'A pod that is refused does not exist: only its controller says so, in an event.',
  uses: [refusals],
  after: { got: found },
  when: ({ got }) => {
    if (got.all === undefined) return skip('the pod exists');
    const all = valueOf(got.all);
    return (all !== undefined && everySubject(all).some(isShort)) || skip('no pod is missing');
  },
  gather: (look, { target }) => look(refusals, { namespace: namespaceOf(target) }),
});
