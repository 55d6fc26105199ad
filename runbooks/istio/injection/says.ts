// What `injection` can say. A person reads these at 3 a.m.: the culprit first, one fact a sentence.
import { cause, contributor, tells } from '../../../src/authoring.ts';
import { keep, losesOf } from '../../shared/admission/says.ts';
import { gates } from './gates.ts';
import { outside, shared } from './words.ts';

const own = {
  'restart-refused': cause(
    'Webhook {configuration} is failing, so new pods of {subject} would be refused: {why}.',
    {
      means:
        'Running pods keep working. The next restart or eviction loses pods, and scaling up adds none.',
      avoid: keep,
    },
  ),
  'older-than-label': cause(
    '{subject} has no sidecar, because it is older than the labels that ask for one: {what}.',
    {
      means: 'A new pod would be injected with revision {revision}; running pods never change.',
    },
  ),
  'revision-changes': contributor(
    '{subject} would change from revision {now} to {next} at the next restart.',
    { means: 'The revision that its labels select has changed since its pods were created.' },
  ),
  'older-proxy': contributor('{subject} runs Istio proxy {now}; a new pod would get {next}.', {
    means:
      'istiod was upgraded since its pods were created. Running pods keep their proxy until they are restarted.',
  }),
  'loses-sidecar': losesOf('sidecar'),
  'double-injection': contributor('{subject} is injected twice: by {webhooks}.', {
    means:
      'The last one wins, but its containers may keep settings of the first. Two webhooks should never select one pod.',
  }),
  bypassed: contributor('{subject} has a sidecar, but traffic bypasses it: {how}.', {
    means: 'The policies, mTLS and telemetry of the sidecar do not apply to that traffic.',
  }),
  'labels-conflict': contributor(
    'Namespace {namespace} has two injection labels, so istio.io/rev={rev} is ignored.',
    {
      means:
        'istio-injection wins over istio.io/rev: new pods get the default revision, {revision}.',
    },
  ),
  'both-modes': contributor(
    'Namespace {namespace} asks for sidecars and for ambient mode: its new pods get a sidecar, and the sidecar wins.',
    {
      means:
        'The traffic of a pod with a sidecar is never redirected to the ztunnel. Keep the labels of one mode only.',
    },
  ),
  'auto-image': contributor(
    '{subject} has a container istio-proxy with the image "auto", which is only a placeholder.',
    {
      means:
        'Injection replaces it with the real image. Without injection, the node tries to pull an image named auto.',
    },
  ),
  'not-discovered': contributor(
    'The istiod of revision {revision} does not watch namespace {namespace}.',
    {
      means:
        'The discoverySelectors of the mesh config exclude it: pods there are injected, but the rest of the mesh does not know them.',
    },
  ),
};

export const findings = { ...outside, ...shared, ...gates.findings, ...own };
export const tell = tells(findings);
