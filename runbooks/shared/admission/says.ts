// What can be said of admission, in the words of a mesh. A person reads these at 3 a.m.: subject first, one fact a sentence.
import { cause, contributor, symptom, type tells } from '../../../src/authoring.ts';

/** How a mesh names what every mesh has. Those that end in a stop are sentences. */
export type Words = {
  /** What injection adds to a pod: "sidecar". */
  readonly proxy: string;
  /** What adds it, and the port it listens on: "istiod". */
  readonly injector: string;
  readonly port: number;
  /** "its webhook". */
  readonly webhook: string;
  readonly failsClosed: string;
  /** What the injector does to pods it cannot inject, and what that comes from. */
  readonly refuses: string;
  readonly refusesFor: string;
  /** How a pod was let through: ends "nothing said so". */
  readonly unsaid: string;
  /** Of a pod of the mesh itself, after what it is. */
  readonly part: string;
  readonly partMeans: string;
  /** What both gates would do now: "inject it"; and what a new pod would get by that. */
  readonly injects: string;
  readonly gets: string;
  /** How many would gain and lose one. */
  readonly figures: string;
  /** Why injected containers break a rule for pods, and the plugin by which they would not. */
  readonly breaks: string;
  readonly plugin: string;
  /** Until when a namespace is to have privileged pods. */
  readonly until: string;
};

export type Tell = ReturnType<typeof tells<ReturnType<typeof saysOf>>>;

export const keep =
  'Do not restart other workloads of the mesh before it is mended: they would lose their pods.';

/** Why older pods have none. */
export function newPodsAlone(proxy: string): string {
  return `A ${proxy} comes with a new pod alone; a pod that runs never changes.`;
}

export function saysOf(words: Words) {
  const { proxy, injector, injects } = words;
  const restart = newPodsAlone(proxy);
  return {
    ended: contributor(`{subject} has ended ({phase}) and gets no ${proxy} any more.`, {
      means: 'What it makes next is judged when it is made.',
    }),
    'static-pod': contributor(
      '{subject} is a static pod: its node makes it, and no webhook changes it.',
      { means: 'What the API server shows is a mirror. Such a pod stays outside the mesh.' },
    ),
    'mesh-part': contributor(`{subject} is {what}: ${words.part}.`, { means: words.partMeans }),

    'webhook-unreachable': cause(
      `{subject} gets no pods: ${words.webhook} cannot be reached, {why}.`,
      {
        means: `${words.failsClosed} The API server calls port 443 of the Service, which leads to port ${words.port} of ${injector}: firewalls of private clusters often lack it.`,
        avoid: keep,
      },
    ),
    'webhook-untrusted': cause(
      `{subject} gets no pods: the API server does not trust what answers ${words.webhook}, {why}.`,
      { means: `${words.failsClosed} {bundle}`, avoid: keep },
    ),
    'injection-failed': cause(`{subject} gets no pods: ${words.refuses}, {why}.`, {
      means: `${words.refusesFor} Pods that run are not touched.`,
    }),
    'pod-security': cause('{subject} gets no pods: they violate PodSecurity "{level}", {why}.', {
      means: '{who}',
    }),
    refused: cause('{subject} gets no pods: the API server refuses them, {why}.', {
      means: '{who}',
    }),
    'failing-open': cause(
      `{configuration} lets pods pass without a ${proxy} when ${injector} does not answer: {why}.`,
      {
        means: `Its failurePolicy is Ignore, so {subject} was created as it is, and ${words.unsaid}`,
      },
    ),

    'older-than-webhook': cause(
      '{subject} is older than the webhook that would inject it: {what}.',
      { means: `Both gates would ${injects} now. ${restart}` },
    ),
    'older-than-template': cause('{subject} is older than its template: {what}.', {
      means: `A new pod would get ${words.gets}. ${restart}`,
    }),
    'restart-pending': cause(
      `{who} would get a ${proxy} at their next restart and have none now.`,
      {
        means: `They were created before injection was asked for, or while it did not work. ${restart}`,
      },
    ),
    unexplained: symptom(`{subject} has no ${proxy}, although both gates would ${injects} now.`, {
      means: `Why it was made without one is not to be seen any more. ${restart}`,
    }),
    undecided: symptom('Whether {subject} would be injected is not decided here: {why}.', {
      means: 'A new pod shows it: the API server itself decides when one is created.',
    }),
    'not-created': symptom('{subject} has {pods} of {wanted} pods, and no event says why.', {
      means: `Both gates would ${injects}. What keeps its pods away is not injection.`,
    }),

    census: contributor(
      `{namespace} has {workloads}, {have} with a ${proxy} now; {would} would change if all were restarted now.`,
      { means: words.figures },
    ),
    'stay-out': contributor(`{count} of {namespace} stay without a ${proxy}: {which}.`, {
      means: 'A restart changes nothing for these. Diagnose one of them to see how to let it in.',
    }),
  };
}

/** Where a restart would take the proxy away; every mesh has its own id for it. */
export function losesOf(proxy: string) {
  return contributor(`{subject} would lose its ${proxy} at the next restart: {why}.`, {
    means: 'What asked for it is gone. Pods that run keep what they have.',
    avoid: 'Do not restart it before that is settled.',
  });
}
