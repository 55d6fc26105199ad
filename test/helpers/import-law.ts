// The import law: which room may import what. `violations` says in sentences where a file breaks it.
import { meshes as listOfMeshes } from '../../src/meshes/meshes.ts';
import { codeOf, importsOf, type Import, type Source } from './sources.ts';

type Room = {
  readonly name: string;
  readonly files: RegExp;
  /** What it may import beside its own files. */
  readonly may: readonly RegExp[];
  /** Of these only types: what vanishes when compiled. */
  readonly mayType?: readonly RegExp[];
  /** The same, for the sentence. */
  readonly says: string;
};

const core = /^src\/core\//;
const facts = /^src\/facts\//;
const model = /^src\/model\//;
const raw = /^src\/guard\/raw\.ts$/;
const node = /^node:/;
const yaml = /^src\/yaml\//;
const disk = /^src\/disk\//;
const meshes = /^src\/meshes\//;

/** A package is named exactly. The first room whose `files` match decides. */
export const rooms: readonly Room[] = [
  { name: 'core', files: core, may: [], says: 'nothing but src/core' },
  {
    name: 'model/certificates',
    files: /^src\/model\/certificates\//,
    // Only to read public certificates: a pure function of text.
    may: [core, model, /^node:crypto$/],
    mayType: [facts],
    says: 'src/core, src/model, types of src/facts, and node:crypto',
  },
  {
    name: 'model/yaml',
    files: /^src\/model\/yaml\.ts$/,
    may: [core, model, yaml],
    says: 'src/core, src/model and src/yaml',
  },
  {
    name: 'model',
    files: model,
    // It decides and asks nothing: of the facts it knows what they return.
    may: [core, /^semver$/],
    mayType: [facts],
    says: 'src/core, src/model, types of src/facts, and semver',
  },
  {
    name: 'facts',
    files: facts,
    may: [core, model, meshes, /^(valibot|semver)$/],
    says: 'src/core, src/facts, src/model, src/meshes, valibot and semver',
  },
  {
    name: 'meshes/plane',
    files: /^src\/meshes\/(?:\w+\/)?planes?\.ts$/,
    may: [core, meshes, model, facts],
    says: 'src/core, src/meshes, src/model and src/facts',
  },
  {
    name: 'meshes/sign',
    files: /^src\/meshes\/(?:\w+\/)?signs?\.ts$/,
    may: [core, meshes, model],
    mayType: [facts],
    says: 'src/core, src/meshes, src/model and types of src/facts',
  },
  // What all the rest knows of a mesh, as data.
  { name: 'meshes', files: meshes, may: [core], says: 'src/core' },
  { name: 'authoring', files: /^src\/authoring\.ts$/, may: [core], says: 'src/core' },
  {
    name: 'runbooks',
    files: /^runbooks\//,
    // Beside these, only files of the same runbook, and what several share (checked below).
    may: [/^src\/authoring\.ts$/, facts, model, meshes],
    says: 'only src/authoring.ts, src/facts, src/model, src/meshes and runbooks/shared',
  },
  { name: 'engine', files: /^src\/engine\//, may: [core], says: 'src/core' },
  {
    name: 'report/text',
    files: /^src\/report\/text[\w-]*\.ts$/,
    may: [core, /^src\/report\//, /^(picocolors|string-width|cli-table3)$/],
    says: 'src/core, picocolors, string-width and cli-table3',
  },
  {
    name: 'report/progress',
    files: /^src\/report\/progress\.ts$/,
    may: [core, /^src\/report\//, /^(picocolors|string-width|ora)$/],
    says: 'src/core, picocolors, string-width and ora',
  },
  {
    name: 'report',
    files: /^src\/report\//,
    may: [core, meshes, /^(picocolors|string-width|yaml)$/],
    says: 'src/core, src/meshes, picocolors, string-width and yaml',
  },
  {
    name: 'docs scripts',
    files:
      /^src\/docs\/(generate|new-runbook|published-source|replay-cases|scenario-template|session)\.ts$/,
    may: [
      core,
      meshes,
      /^src\/(docs|cli|run)\//,
      /^src\/registry\.ts$/,
      node,
      /^(yaml|typescript)$/,
    ],
    says: 'src/core, src/meshes, src/docs, src/registry.ts, src/cli, src/run, node:, yaml and typescript',
  },
  {
    name: 'docs',
    files: /^src\/docs\//,
    may: [core, meshes, /^src\/access\//],
    says: 'src/core, src/meshes and src/access',
  },
  {
    name: 'access',
    files: /^src\/access\//,
    // The rights that finding a target takes stand beside the code that finds it.
    may: [core, meshes, /^src\/facts\/kube\/input-needs\.ts$/],
    says: 'src/core, src/meshes and src/facts/kube/input-needs.ts',
  },
  {
    name: 'doctor',
    files: /^src\/doctor\//,
    may: [
      core,
      facts,
      model,
      meshes,
      /^src\/access\//,
      /^src\/report\/(style|text-rows|wrap)\.ts$/,
      /^semver$/,
    ],
    says: 'src/core, src/facts, src/model, src/meshes, src/access, the rows of src/report and semver',
  },
  {
    name: 'triage/search',
    files: /^src\/triage\/search\.ts$/,
    may: [core, /^src\/triage\//, /^src\/symptoms\.gen\.ts$/, /^(@leeoniya\/ufuzzy|minisearch)$/],
    says: 'src/core, src/triage, src/symptoms.gen.ts, @leeoniya/ufuzzy and minisearch',
  },
  {
    name: 'triage',
    files: /^src\/triage\//,
    // Pure: what is asked next, and of whom. The screen and the disk are the command line's.
    may: [core, facts, model, meshes, /^src\/(compare|report)\//, /^src\/symptoms\.gen\.ts$/],
    says: 'src/core, src/facts, src/model, src/meshes, src/compare, src/report and src/symptoms.gen.ts',
  },
  {
    name: 'guard',
    files: /^src\/guard\//,
    // Of yaml what a node is; texts are parsed by src/yaml.
    may: [core, meshes, yaml, /^(node:crypto|yaml)$/],
    says: 'src/core, src/meshes, src/yaml, node:crypto and yaml',
  },
  { name: 'compare', files: /^src\/compare\//, may: [core], says: 'src/core' },
  {
    name: 'config',
    files: /^src\/config\//,
    may: [core, meshes, yaml, /^valibot$/],
    says: 'src/core, src/meshes, src/yaml and valibot',
  },
  { name: 'ports', files: /^src\/ports\//, may: [core], says: 'src/core' },
  {
    name: 'live',
    files: /^src\/live\//,
    may: [
      core,
      raw,
      meshes,
      node,
      yaml,
      /^src\/disk\/read\.ts$/,
      /^(@kubernetes\/client-node|execa|hpagent|openid-client|socks-proxy-agent|valibot|ws)$/,
    ],
    says: 'src/core, src/guard/raw.ts, src/meshes, src/yaml, src/disk/read.ts, node: and the libraries that speak to a cluster',
  },
  {
    name: 'snapshot',
    files: /^src\/snapshot\//,
    // Of node:fs only the reading of an archive that src/disk has opened; `stringify` of yaml.
    may: [
      ...[core, raw, yaml, disk],
      ...[/^node:(fs|path|stream\/promises|timers\/promises|zlib)$/, /^(yaml|tar|valibot)$/],
    ],
    says: 'src/core, src/guard/raw.ts, src/yaml, src/disk, parts of node:, yaml, tar and valibot',
  },
  {
    name: 'disk',
    files: disk,
    may: [core, /^node:(crypto|fs|path)$/],
    says: 'src/core, node:crypto, node:fs and node:path',
  },
  { name: 'yaml', files: yaml, may: [core, /^yaml$/], says: 'src/core and yaml' },
  {
    name: 'registry',
    files: /^src\/(registry|runbooks\.gen|symptoms\.gen)\.ts$/,
    may: [core, /^runbooks\//],
    says: 'src/core and runbooks',
  },
  {
    name: 'run',
    files: /^src\/run\//,
    // From what was asked to what came of it, for every command alike. The terminal and the flags are the command line's.
    may: [
      ...[core, model, facts, meshes, disk],
      /^src\/(engine|guard|ports|snapshot|live|report|compare)\//,
      /^src\/registry\.ts$|^package\.json$/,
      /^node:events$/,
    ],
    says: 'every room of src but cli, triage, doctor, access, config and docs, and node:events',
  },
  { name: 'cli', files: /^src\/cli\//, may: [/./], says: 'everything' },
];

/** They are run by npm, and are no part of the program. */
const scripts = /^src\/docs\/(generate|new-runbook)\.ts$/;
/** What a mesh is called, in any case and as a part of a word: `istioctl`, `CILIUM_`. */
const meshNames = new RegExp(listOfMeshes.map(({ id }) => id).join('|'), 'i');
/** Rooms that know no proxy either. */
const proxyFree = /^src\/(core|engine|report|ports|snapshot)\//;
const proxyNames = /envoy|spire/i;
/** Where meshes are at home: their own folders, the lists of these, and what is generated from runbooks. */
const mayNameMeshes = new RegExp(
  `^src/(?:(?:facts|model|meshes)/(?:${listOfMeshes.map(({ id }) => id).join('|')})/|meshes/(?:meshes|signs|planes)\\.ts$|\\w+\\.gen\\.ts$)`,
);

export function violations(source: Source): readonly string[] {
  const { path } = source;
  const room = rooms.find((r) => r.files.test(path));
  if (!room) return [`${path} is in no room; give it one in test/helpers/import-law.ts`];
  const imports = importsOf(source);
  const code = codeOf(source);
  return [
    ...imports.filter((i) => !mayImport(room, path, i)).map((i) => sentence(path, room, i)),
    ...imports.flatMap((i) => onlyDoor(path, i)),
    ...codeRules(path, code),
  ];
}

function mayImport(room: Room, path: string, { to, typeOnly }: Import): boolean {
  // One runbook may not lean on another: what two need stands in runbooks/shared.
  if (room.name === 'runbooks' && /^runbooks\//.test(to))
    return /^runbooks\/shared\//.test(to) || folderOf(to) === folderOf(path);
  if (room.files.test(to) || room.may.some((allowed) => allowed.test(to))) return true;
  return typeOnly && (room.mayType ?? []).some((allowed) => allowed.test(to));
}

/** `runbooks/istio/stale` */
function folderOf(path: string): string {
  return path.split('/').slice(0, 3).join('/');
}

function sentence(path: string, room: Room, { to }: Import): string {
  return `${path} imports ${to}; ${room.name} may import ${room.says}`;
}

/** Beside wire.ts, who may read or write what is saved. */
const writers: ReadonlyMap<string, readonly string[]> = new Map([
  ['src/run/diagnose-target.ts', ['src/snapshot/save.ts']],
  ['src/cli/session/store.ts', ['src/snapshot/save.ts', 'src/snapshot/session.ts']],
  ['src/cli/session/list.ts', ['src/snapshot/session.ts']],
]);

/** Doors that one file or room alone may open, whatever its room may import. */
function onlyDoor(path: string, { to, typeOnly }: Import): readonly string[] {
  if (to === 'commander' && !/^src\/cli\//.test(path))
    return [`${path} imports commander; only src/cli may`];
  if (to.startsWith('@clack/') && path !== 'src/cli/prompts/clack.ts')
    return [`${path} imports ${to}; only src/cli/prompts/clack.ts may`];
  const behindWire = /^src\/(live|snapshot)\//.exec(to);
  if (!behindWire || typeOnly || path.startsWith(behindWire[0])) return [];
  const writesCases = writers.get(path)?.includes(to) ?? false;
  return path === 'src/run/wire.ts' || writesCases
    ? []
    : [`${path} imports ${to}; only src/run/wire.ts may load live/ and snapshot/`];
}

/** Where files are written or YAML is parsed: nowhere else, so that what is promised of it holds everywhere. */
const writing =
  /\b(writeFile|writeFileSync|appendFile\w*|createWriteStream|mkdir|mkdirSync|renameSync|copyFile\w*|symlink\w*|truncate\w*)\b/;
const mayWrite = /^src\/(disk|docs)\//;
const parsing = /\b(parseDocument|parseAllDocuments)\b/;

function codeRules(path: string, code: string): readonly string[] {
  const found: string[] = [];
  if (/\bconsole\b/.test(code) && !path.startsWith('src/cli/'))
    found.push(`${path} uses console; only src/cli may write to a stream`);
  const stream = /\bprocess \. (stdout|stderr)\b/.exec(code)?.[1];
  if (stream !== undefined && path !== 'src/cli/io.ts' && !scripts.test(path))
    found.push(
      `${path} has process.${stream}; only src/cli/io.ts may, which has a door in front of it`,
    );
  if (/\bprocess \. (exit|abort)\b/.test(code) && path !== 'src/cli/io.ts')
    found.push(`${path} ends the process; only src/cli/io.ts may`);
  if (/\bRaw \. open\b/.test(code) && path !== 'src/guard/guard.ts')
    found.push(`${path} opens a Raw; only src/guard/guard.ts may`);
  const wrote = mayWrite.test(path) ? undefined : writing.exec(code)?.[0];
  if (wrote !== undefined) found.push(`${path} uses ${wrote}; only src/disk may write files`);
  if (parsing.test(code)) found.push(`${path} parses YAML; only src/yaml may`);
  const mayName = !path.startsWith('src/') || mayNameMeshes.test(path);
  const name = mayName
    ? undefined
    : (meshNames.exec(code) ?? (proxyFree.test(path) ? proxyNames.exec(code) : null))?.[0];
  if (name !== undefined)
    found.push(
      `${path} names ${name}; a mesh is known by its record in src/meshes, and by name in its own folders alone`,
    );
  return found;
}
