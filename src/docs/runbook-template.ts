// The sources that `npm run new-runbook` writes: a runbook that asks about one pod that does not run. They compile and
// pass as they are, and each part is there to be replaced.

/** Its files by name. */
export function runbookFiles(mesh: string, id: string): Readonly<Record<string, string>> {
  return {
    [`${id}.ts`]: main(mesh, id),
    'checks.ts': checks,
    'judge.ts': judge,
    'says.ts': says(id),
    'fixes.ts': fixes,
  };
}

const main = (
  mesh: string,
  id: string,
): string => `// A pod that does not run. Name the upstream source of your rules here.
import { input, runbookOf } from '../../../src/authoring.ts';
import { about, events } from './checks.ts';
import { running } from './judge.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: '${id}',
    mesh: '${mesh}',
    title: 'Pod does not run (${id})',
    symptom: 'A pod of the mesh does not start, or stopped running.',
    // Other words a person may type: the session finds the runbook by them.
    words: ['${id.replaceAll('-', ' ')}'],
    input: { pod: input.pod('the pod that does not run') },
    findings,
  },
  // The checks, in the order in which they are judged and printed.
  [about, events, running],
);
`;

const checks = `// What is asked, one question per check. A check only looks; judge.ts says what the answers mean.
import { check, skip, valueOf, type MeshChoice, type PodRef } from '../../../src/authoring.ts';
import { podEvents } from '../../../src/facts/kube/pod-events.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';

type Input = MeshChoice & { readonly pod: PodRef };
export const ask = check<Input>();

export function isDown({ phase }: Pod): boolean {
  return phase === 'Pending' || phase === 'Failed';
}

export const about = ask({
  id: 'pod',
  asks: 'What phase is the pod in?',
  why: 'Every other answer depends on whether the pod runs.',
  uses: [pod],
  gather: (look, { pod: ref }) => look(pod, { pod: ref }),
});

export const events = ask({
  id: 'events',
  asks: 'What do its events say?',
  why: 'The phase says that the pod does not run; an event says why.',
  uses: [podEvents],
  after: { about },
  when: ({ about: got }) => {
    const value = valueOf(got);
    return (value !== undefined && isDown(value)) || skip('the pod is not down');
  },
  gather: (look, { pod: ref }) => look(podEvents, { pod: ref }),
});
`;

const judge = `// What the answers mean. A judge is a pure function: it asks nothing and returns findings.
import { cite, skip, valueOf } from '../../../src/authoring.ts';
import { about, ask, events, isDown } from './checks.ts';
import { describePod } from './fixes.ts';
import { tell } from './says.ts';

export const running = ask({
  id: 'running',
  asks: 'Does the pod run?',
  why: 'A pod that does not run serves no request.',
  rulesOut: 'a pod that does not run',
  uses: [],
  sees: { about, events },
  judge: (_, { about: got, events: said }, { pod: ref }) => {
    if (got?.kind !== 'known') return skip('the pod could not be read');
    if (!isDown(got.value)) return [];
    const [last] = valueOf(said) ?? [];
    const slots = {
      pod: ref,
      phase: got.value.phase,
      // A slot without a value is left out of its sentence.
      event: last && \`The last event is \${last.reason}: \${last.message}.\`,
    };
    return [tell('not-running', slots, { from: cite(got, said), fixes: [describePod(ref)] })];
  },
});
`;

const says = (
  id: string,
): string => `// What \`${id}\` can say. A person reads these at 3 a.m.: subject first, one fact per sentence, no blame.
import { cause, tells } from '../../../src/authoring.ts';

export const findings = {
  'not-running': cause('{pod} does not run: its phase is {phase}.', {
    means: 'No request reaches the pod until its containers start. {event}',
  }),
};

export const tell = tells(findings);
`;

const fixes = `// What to do about it. Commands are printed for a person and never run.
import { inspect, kubectl, type Fix, type PodRef } from '../../../src/authoring.ts';

export function describePod({ name, namespace }: PodRef): Fix {
  return inspect(
    'See the conditions and events of the pod',
    kubectl\`describe pod \${name} -n \${namespace}\`,
  );
}
`;
