// What `injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { outside } from './by-design.ts';
import { gates } from './gates.ts';
import { refused } from './says/refused.ts';

const restart = 'A sidecar comes with a new pod alone; a pod that runs never changes.';

const older = {
  'older-than-label': cause(
    '{subject} is older than the labels that ask for its sidecar: {what}.',
    { means: `Both gates would inject revision {revision} now. ${restart}` },
  ),
  'older-than-webhook': cause('{subject} is older than the webhook that would inject it: {what}.', {
    means: `Both gates would inject revision {revision} now. ${restart}`,
  }),
  'older-than-template': cause('{subject} is older than its template: {what}.', {
    means: `A new pod would get revision {revision}. ${restart}`,
  }),
  'restart-pending': cause('{who} would get a sidecar at their next restart and have none now.', {
    means: `They were created before injection was asked for, or while it did not work. ${restart}`,
  }),
  unexplained: symptom(
    '{subject} has no sidecar, although both gates would inject revision {revision} now.',
    { means: `Why it was made without one is not to be seen any more. ${restart}` },
  ),
  undecided: symptom('Whether {subject} would be injected is not decided here: {why}.', {
    means: 'A new pod shows it: the API server itself decides when one is created.',
  }),
  'not-created': symptom('{subject} has {pods} of {wanted} pods, and no event says why.', {
    means:
      'Both gates would inject revision {revision}. What keeps its pods away is not injection.',
  }),
};

const injected = {
  'revision-changes': contributor(
    '{subject} would change from revision {now} to {next} at the next restart.',
    { means: 'What its labels ask for has changed since its pods were made.' },
  ),
  'loses-sidecar': contributor('{subject} would lose its sidecar at the next restart: {why}.', {
    means: 'What asked for it is gone. Pods that run keep what they have.',
    avoid: 'Do not restart it before that is settled.',
  }),
  'double-injection': contributor('{subject} is injected twice: by {webhooks}.', {
    means:
      'The last one wins, and its containers may carry settings of the first. Two webhooks should never select one pod.',
  }),
  bypassed: contributor('{subject} has a sidecar that its traffic goes past: {how}.', {
    means: 'Policies, mTLS and telemetry of the sidecar do not apply to that traffic.',
  }),
  'labels-conflict': contributor(
    'Namespace {namespace} has two labels for injection, and istio.io/rev={rev} counts for nothing.',
    {
      means:
        'Beside istio-injection the revision is never looked at: new pods get the default revision, {revision}.',
    },
  ),
  'auto-image': contributor(
    '{subject} has a container istio-proxy with the image "auto", which is no image.',
    {
      means:
        'Injection puts the real image in its place. Without it the node tries to pull an image named auto.',
    },
  ),
  'not-discovered': contributor(
    'istiod of revision {revision} does not look at namespace {namespace}.',
    {
      means:
        'discoverySelectors of the mesh config leave it out: pods there are injected, and the rest of the mesh is not told about them.',
    },
  ),
  census: contributor(
    '{namespace} has {workloads}, {have} with a sidecar now; {would} would change if all were restarted now.',
    {
      means:
        '{gain} would get a sidecar, {lose} would lose theirs, {change} would change revision.',
    },
  ),
  'stay-out': contributor('{count} of {namespace} stay without a sidecar: {which}.', {
    means: 'A restart changes nothing for these. Diagnose one of them to see how to let it in.',
  }),
};

export const findings = { ...outside, ...refused, ...gates.findings, ...older, ...injected };
export const tell = tells(findings);
