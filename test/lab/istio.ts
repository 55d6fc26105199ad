import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { built, REAL_LABEL } from './paths.ts';
import { sh } from './sh.ts';

/**
 * Switches without which upstream Envoy refuses every listener: it lacks Istio's own filters
 * (istio.alpn, metadata exchange, istio.stats).
 */
const UPSTREAM_ENVOY = [
  'values.pilot.env.PILOT_ENABLE_ALPN_FILTER=false',
  'values.pilot.env.PILOT_ENABLE_METADATA_EXCHANGE=false',
];

const SETTINGS = [
  ...UPSTREAM_ENVOY,
  'meshConfig.accessLogFile=/dev/stdout',
  'meshConfig.accessLogEncoding=JSON',
  'values.pilot.autoscaleEnabled=false',
];

type Manifest = {
  kind?: string;
  metadata: { name: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec?: { template?: { metadata: { labels?: Record<string, string> } } };
};

/** The label makes the lab run the Deployment's pods; `defaultProviders` cannot be emptied by --set. */
function adapt(object: Manifest): Manifest {
  const template = object.spec?.template;
  if (object.kind === 'Deployment' && template) {
    template.metadata.labels = { ...template.metadata.labels, [REAL_LABEL]: 'real' };
  }
  if (object.kind === 'ConfigMap' && object.data?.mesh) {
    object.data.mesh = object.data.mesh.replace(
      /^defaultProviders:\n(?:[ -].*\n)*/m,
      'defaultProviders: {}\n',
    );
  }
  return object;
}

/** A second revision shares the types and the base with the first: only its own objects count. */
const isOf = ({ metadata }: Manifest, revision: string): boolean =>
  revision === 'default' ||
  metadata.labels?.['istio.io/rev'] === revision ||
  metadata.name.includes(`-${revision}`);

const generated = new Map<string, Promise<string>>();

/** What `istioctl install` would apply for one revision, adapted to run here. */
export function istioManifest(revision = 'default'): Promise<string> {
  const known = generated.get(revision) ?? generate(revision);
  generated.set(revision, known);
  return known;
}

async function generate(revision: string): Promise<string> {
  const settings = [...SETTINGS, ...(revision === 'default' ? [] : [`revision=${revision}`])];
  const text = await sh([
    join(built.istio, 'istioctl'),
    ...['manifest', 'generate', '--set', 'profile=minimal'],
    ...settings.flatMap((setting) => ['--set', setting]),
  ]);
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null)
    .filter((object) => isOf(object, revision))
    .map((object) => stringify(adapt(object)))
    .join('---\n');
}
