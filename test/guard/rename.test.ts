// Names out of everything that leaves: no name in any format, and a renamed case comes to the same findings.
import { expect, test } from 'vitest';
import { learnCase, renameCase } from '../../src/run/rename-case.ts';
import { redacted } from '../../src/run/redacted.ts';
import type { Diagnosis } from '../../src/core/diagnosis.ts';
import { createNames, type Names } from '../../src/guard/rename/names.ts';
import { isPlainWord, isVocabulary } from '../../src/guard/rename/vocabulary.ts';
import { formats, render, type Format } from '../../src/report/formats.ts';
import type { Case } from '../../src/snapshot/case.ts';
import { codesOf, run, scenarios } from '../helpers/scenarios.ts';
import { plain } from '../report/build.ts';
import { shareOfEach } from '../helpers/share.ts';

const all = shareOfEach(await scenarios(), 12, 2);
/** Of these every format is looked through; of the others the three that hold the most. */
const some = new Set(all.filter((_, i) => i % 6 === 0).map(({ name }) => name));

/** Words that no run may lose, written down apart from the vocabulary. */
const meshWords = [
  ...['Linkerd', 'linkerd', 'Istio', 'istio', 'istiod', 'Envoy', 'envoy', 'ztunnel', 'waypoint'],
  ...[
    'Kubernetes',
    'kubectl',
    'kubelet',
    'istioctl',
    'meshdoc',
    'Prometheus',
    'prometheus',
    'Helm',
  ],
  ...['istio-proxy', 'istio-init', 'linkerd-proxy', 'linkerd-init', 'discovery', 'pilot-discovery'],
  ...['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector', 'proxy-injector'],
  ...['istio-system', 'kube-system', 'linkerd-viz', 'viz', 'cluster.local', 'serviceaccount'],
  ...[
    'istio-sidecar-injector',
    'linkerd-config',
    'linkerd-identity-trust-roots',
    'linkerd-identity-issuer',
  ],
  ...[
    'EnvoyFilter',
    'VirtualService',
    'DestinationRule',
    'Sidecar',
    'Gateway',
    'Server',
    'HTTPRoute',
  ],
  ...['AuthorizationPolicy', 'MeshTLSAuthentication', 'PeerAuthentication', 'Deployment', 'Pod'],
  ...['LDS', 'RDS', 'CDS', 'EDS', 'SDS', 'OOMKilled', 'CrashLoopBackOff', 'Running', 'ReplicaSet'],
  ...[
    'kube-controller-manager',
    'kubectl-client-side-apply',
    'argocd-controller',
    'kube-scheduler',
  ],
  ...[
    'tap',
    'tap-injector',
    'metrics-api',
    'identity',
    'destination',
    'injector',
    'sidecar',
    'mTLS',
  ],
];

/** Read straight from the objects, by other means than those under test. */
function namesIn({ objects, file }: Case): readonly string[] {
  const names = new Set<string>();
  for (const { kind, metadata, spec } of objects) {
    if (metadata.namespace !== undefined) names.add(metadata.namespace);
    if (/^(Namespace|Pod|Service|Deployment|Node)$/.test(kind)) names.add(metadata.name);
    for (const host of JSON.stringify(spec ?? null).match(
      /[a-z0-9.-]+\.(com|org|net|example)\b/g,
    ) ?? [])
      names.add(host);
  }
  if (file.context !== undefined) names.add(file.context);
  return [...names].filter((name) => !isOurs(name));
}

/** Words of meshes and plain English; a host that a project owns. */
function isOurs(name: string): boolean {
  // The pods of linkerd-viz: `tap-54b7c6b78c-4z859`.
  const base = name.replace(/(-[a-z0-9]{4,10})?-[a-z0-9]{5}$/, '');
  const parts = base.split('-');
  return (
    isVocabulary(name) ||
    isVocabulary(base) ||
    isPlainWord(name) ||
    /(githubusercontent|googleapis|github|coreos|hashicorp)\.com$/.test(name) ||
    parts.every((part) => isPlainWord(part) || isVocabulary(part))
  );
}

const edge = (name: string) =>
  new RegExp(`(?<![A-Za-z0-9])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9])`);
const ips =
  /(?<![\w.-])(?!127\.|0\.0\.0\.0|24\d\.|255\.|169\.254\.)\d{1,3}(?:\.\d{1,3}){3}(?![\w.-]|\.\d)/g;

/** JSON holds every string there is; what each format does to a text is looked at for some. */
async function printedAs(diagnoses: readonly Diagnosis[], every: boolean): Promise<string> {
  const texts = (every ? Object.keys(formats) : ['json', 'ticket', 'html']).map((f) =>
    render(f as Format, diagnoses, { ...plain, verbose: true }),
  );
  return (await Promise.all(texts)).join('\n').replaceAll('\\', '');
}

test.each(all)('$name: its case says the same without names', async ({ name, saved }) => {
  const ran = await run('case', saved);
  const names = createNames();
  learnCase(saved, names);
  await noneIsTold(name, saved, ran.diagnoses, names);
  kindsAreRight(saved, names);
  const renamed = renameCase(saved, names);
  const again = await run('case', renamed);
  if (JSON.stringify(renamed.file).includes('a certificate holds names')) {
    // What was left out is a gap, so nothing is healthy for the lack of it.
    expect(again.diagnoses.map((d) => d.verdict)).not.toContain('healthy');
  } else expect([codesOf(again), again.exit]).toEqual([codesOf(ran), ran.exit]);
});

async function noneIsTold(
  name: string,
  saved: Case,
  diagnoses: readonly Diagnosis[],
  names: Names,
): Promise<void> {
  const [told = []] = redacted([diagnoses], names);
  const out = await printedAs(told, some.has(name));
  const before = await render('json', diagnoses, plain);
  const after = await render('json', told, plain);
  expect(meshWords.filter((word) => countOf(word, before) !== countOf(word, after))).toEqual([]);
  expect(namesIn(saved).filter((one) => edge(one).test(out))).toEqual([]);
  expect(out.match(ips) ?? []).toEqual([]);
  expect(told.map((d) => d.verdict)).toEqual(diagnoses.map((d) => d.verdict));

  const { file, objects, answers } = renameCase(saved, names);
  // Our own host, and the one label by which the parts of linkerd-viz are told apart.
  const kept = JSON.stringify([file, objects])
    .replaceAll('lab.meshdoc.dev', '')
    .replaceAll('"component":"web"', '');
  expect(namesIn(saved).filter((one) => edge(one).test(kept))).toEqual([]);
  const was = saved.objects.map((o) => o.metadata);
  const is = objects.map((o) => o.metadata);
  const lost = (word: string) =>
    countOf(word, JSON.stringify(was)) !== countOf(word, JSON.stringify(is));
  expect(meshWords.filter(lost)).toEqual([]);
  expect(answers.filter(({ body }) => namesIn(saved).some((one) => edge(one).test(body)))).toEqual(
    [],
  );
  const written = JSON.stringify([file.input, objects.map((o) => o.metadata)]);
  const pods = saved.objects.filter((o) => o.kind === 'Pod' && !isOurs(o.metadata.name));
  expect(
    pods.filter((o) => edge(o.metadata.name).test(written)).map((o) => o.metadata.name),
  ).toEqual([]);
}

/** Where it stands as a word of its own: parts of longer names may be names. */
function countOf(word: string, text: string): number {
  return text.match(new RegExp(`(?<![\\w.-])${word}(?![\\w-]|\\.\\w)`, 'g'))?.length ?? 0;
}

/** What a stand-in says of a thing is so; of a name that several kinds of thing have it says nothing. */
function kindsAreRight({ file, objects }: Case, { rename }: Names): void {
  const standIns = (all: readonly (string | undefined)[]) =>
    [...new Set(all)].flatMap((one) => (one === undefined || isOurs(one) ? [] : [rename(one)]));
  const of = (kinds: RegExp) =>
    objects.filter((o) => kinds.test(o.kind)).map((o) => o.metadata.name);
  const places = [
    ...objects.map((o) => o.metadata.namespace),
    ...of(/^Namespace$/),
    file.namespace,
  ];
  const wrong = [
    ...standIns(places).filter((one) => !/^(ns|name)-\d+$/.test(one)),
    ...standIns(of(/^Node$/)).filter((one) => !/^(node|name)-\d+/.test(one)),
    ...standIns([file.context]).filter((one) => !/^(context|name)-\d+$/.test(one)),
    ...standIns(of(/^(Pod|Deployment|Service|ReplicaSet|DaemonSet)$/)).filter((one) =>
      /^(ns|context|user|node|manager|team)-\d/.test(one),
    ),
  ];
  expect(wrong).toEqual([]);
}
