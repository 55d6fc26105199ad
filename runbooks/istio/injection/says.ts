// What `injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, tells } from '../../../src/authoring.ts';
import { keep, losesOf, newPodsAlone } from '../../shared/admission/says.ts';
import { gates } from './gates.ts';
import { outside, shared } from './words.ts';

const own = {
  'restart-refused': cause(
    'New pods of {subject} would be refused: its webhook {configuration} cannot be answered, {why}.',
    {
      means: 'What runs goes on. The next restart, eviction or scaling loses pods.',
      avoid: keep,
    },
  ),
  'older-than-label': cause(
    '{subject} is older than the labels that ask for its sidecar: {what}.',
    { means: `Both gates would inject revision {revision} now. ${newPodsAlone('sidecar')}` },
  ),
  'revision-changes': contributor(
    '{subject} would change from revision {now} to {next} at the next restart.',
    { means: 'What its labels ask for has changed since its pods were made.' },
  ),
  'loses-sidecar': losesOf('sidecar'),
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
};

export const findings = { ...outside, ...shared, ...gates.findings, ...own };
export const tell = tells(findings);
