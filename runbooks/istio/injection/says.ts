// What `injection` can say. A person reads these at 3 a.m.: subject first, one fact a sentence, no blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { keep, losesOf, newPodsAlone, saysOf, type Words } from '../../shared/admission/says.ts';
import { gates } from './gates.ts';

export const words: Words = {
  proxy: 'sidecar',
  injector: 'istiod',
  port: 15017,
  webhook: 'its webhook',
  failsClosed:
    'A webhook that fails closed keeps every pod it selects from being created: scaling, restarts and evictions lose pods.',
  refuses: 'istiod refuses to inject them',
  refusesFor:
    'Something in the annotations of the pod template, or in the injection template, cannot be used.',
  unsaid: 'nothing said so. With Fail it would have been refused.',
  part: 'it belongs to the mesh and has no sidecar itself',
  partMeans: 'Diagnose a workload instead.',
  injects: 'inject revision {revision}',
  gets: 'revision {revision}',
  figures: '{gain} would get a sidecar, {lose} would lose theirs, {change} would change revision.',
  breaks:
    'It is the injected containers that break the rule: istio-init needs NET_ADMIN and NET_RAW, which the istio-cni plugin makes unnecessary.',
  plugin: 'istio-cni',
  until: 'istio-cni sets the redirect in its place',
};

const shared = saysOf(words);
export const tellShared = tells(shared);

const outside = {
  ambient: contributor(
    '{subject} is in ambient mode: it has no sidecar by design, its node has a ztunnel.',
    { means: 'Its traffic is in the mesh all the same. Injection is not what to look at.' },
  ),
  'ambient-pending': symptom(
    '{subject} is labelled for ambient mode, and its traffic is not redirected to a ztunnel.',
    {
      means:
        'It needs no sidecar. The istio-cni agent of its node redirects it and notes that on the pod; the note is missing.',
    },
  ),
  'ambient-conflict': contributor(
    '{subject} is labelled for ambient mode and has a sidecar: the sidecar wins.',
    {
      means:
        'A pod with a sidecar is left out of the redirect to the ztunnel, whatever its labels say.',
    },
  ),
};

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
