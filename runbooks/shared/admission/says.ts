// What can be said of admission, in the words of a mesh. A person reads these at 3 a.m.: the culprit first, one fact a sentence.
import { cause, contributor, symptom, type tells } from '../../../src/authoring.ts';

/** How a mesh names what every mesh has. Those that end in a full stop are sentences. */
export type Words = {
  /** What injection adds to a pod: "sidecar". */
  readonly proxy: string;
  /** What adds it, and the port it listens on: "istiod". */
  readonly injector: string;
  readonly port: number;
  /** What follows from a webhook that refuses pods while it fails. */
  readonly failsClosed: string;
  /** Why the injector refuses pods. */
  readonly refusesFor: string;
  /** What trace a pod leaves that was let through without a proxy; follows "and". */
  readonly unsaid: string;
  /** What a pod of the mesh itself is: follows "is istiod,". */
  readonly part: string;
  readonly partMeans: string;
  /** What would happen to a new pod: follows "would be". */
  readonly injected: string;
  /** How many would get one and how many would lose it. */
  readonly figures: string;
  /** Why injected containers break a rule for pods, and the plugin with which they do not. */
  readonly breaks: string;
  readonly plugin: string;
  /** How long a namespace must allow privileged pods: follows "until". */
  readonly until: string;
};

export type Tell = ReturnType<typeof tells<ReturnType<typeof saysOf>>>;

export const keep =
  'Do not restart other workloads of the mesh until this is fixed: they would lose their pods.';

export function saysOf(words: Words) {
  const { proxy, injector, injected } = words;
  const renewed = `A new pod would be ${injected}; running pods never change.`;
  return {
    ended: contributor(`{subject} has finished ({phase}), so it gets no ${proxy}.`, {
      means: '{next}',
    }),
    'static-pod': contributor(
      '{subject} is a static pod: its node creates it, so no webhook can inject it.',
      { means: 'The API server only shows a mirror of it. A static pod stays outside the mesh.' },
    ),
    'mesh-part': contributor(`{subject} is {what}, ${words.part}.`, { means: words.partMeans }),

    'webhook-unreachable': cause(
      `Webhook {configuration} cannot be reached, so {subject} gets no pods: {why}.`,
      {
        means: `${words.failsClosed} {hint}`,
        avoid: keep,
      },
    ),
    'webhook-untrusted': cause(
      'Webhook {configuration} is not trusted, so {subject} gets no pods: {why}.',
      { means: `${words.failsClosed} {bundle}`, avoid: keep },
    ),
    'injection-failed': cause(
      `{subject} gets no pods, because ${injector} refuses to inject them: {why}.`,
      {
        means: `${words.refusesFor} Running pods are not affected.`,
      },
    ),
    'pod-security': cause(
      '{subject} gets no pods, because they violate PodSecurity "{level}": {why}.',
      {
        means: '{who}',
      },
    ),
    refused: cause('{subject} gets no pods, because {by} refuses them: {why}.', {
      means: '{who}',
    }),
    'failing-open': cause(
      `Webhook {configuration} fails open, so {subject} was created without a ${proxy}: {why}.`,
      {
        means: `Its failurePolicy is Ignore: when ${injector} does not answer, pods pass unchanged, and ${words.unsaid}`,
      },
    ),

    'older-than-webhook': cause(
      `{subject} has no ${proxy}, because it is older than the injection webhook: {what}.`,
      { means: renewed },
    ),
    'older-than-template': cause(
      `{subject} has no ${proxy}, because it is older than its pod template: {what}.`,
      {
        means: renewed,
      },
    ),
    'restart-pending': cause(`{who}: no ${proxy} yet; the next restart adds it.`, {
      means: `These pods were created before injection was turned on, or while it did not work. Only new pods get a ${proxy}; running pods never change.`,
    }),
    unexplained: symptom(`{subject} has no ${proxy}, although a new pod would be ${injected}.`, {
      means: `Nothing shows any more why it was created without one. Only new pods get a ${proxy}; running pods never change.`,
    }),
    undecided: symptom('{subject} may or may not be injected: {why}.', {
      means: 'A new pod would show it: the API server decides when it is created.',
    }),
    'not-created': symptom('{subject} has {pods} of {wanted} pods, and no event explains it.', {
      means: `A new pod would be ${injected}, so injection is not the cause.`,
    }),

    census: contributor(
      `Namespace {namespace}: {have} of {workloads} with a ${proxy} now; a restart of all would change {would}.`,
      { means: words.figures },
    ),
    'stay-out': contributor(
      `{count} in {namespace} would get no ${proxy}, even after a restart: {which}.`,
      {
        means: 'Diagnose one of them to see how to get it injected.',
      },
    ),
  };
}

/** Where a restart would take the proxy away; every mesh has its own id for it. */
export function losesOf(proxy: string) {
  return contributor(`{subject} would lose the ${proxy} at the next restart: {why}.`, {
    means: `Injection was on when its pods were created and is off now. Running pods keep their ${proxy}.`,
    avoid: 'Do not restart it until this is fixed.',
  });
}
