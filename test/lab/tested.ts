// Which versions are tested, read from what the tests use. `npm run docs` puts the table into the README.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compare, parse } from 'semver';
import { scenarios, type Scenario } from '../helpers/scenarios.ts';
import { root } from '../helpers/sources.ts';
import { nodeVersions } from '../smoke/nodes.ts';
import { ENVOY, GATEWAY_API, ISTIO, KUBERNETES, PROMETHEUS } from './versions.ts';

/** Markdown. */
export default async function testedTable(): Promise<string> {
  const cases = await scenarios();
  const tables = await readdir(join(root, 'test/tools/istioctl'));
  const servers = cases.flatMap(({ saved }) => saved.file.server?.replace(/^v/, '') ?? []);
  const istio = [...cases.flatMap(imagesOf(/\/(?:proxyv2|pilot):([\w.-]+)/)), ...tables];
  const linkerd = cases.flatMap(imagesOf(/\/linkerd\/(?:proxy|controller):([\w.-]+)/));
  const rows = [
    ['Kubernetes', KUBERNETES, others(servers, KUBERNETES)],
    ['Istio', `${ISTIO}, Envoy ${ENVOY}`, others(istio, ISTIO)],
    ['Linkerd', 'fakes that answer as it does', others(linkerd, '')],
    ['Gateway API', GATEWAY_API, ''],
    ['Prometheus', PROMETHEUS, ''],
    ['Node', nodeVersions.join(', '), `declared: ${await declaredNode()}`],
  ];
  const lines = [['', 'run by the tests', 'in saved cases and recorded outputs'], ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
  return lines.toSpliced(1, 0, '|---|---|---|').join('\n');
}

function imagesOf(name: RegExp): (one: Scenario) => readonly string[] {
  const all = new RegExp(name, 'g');
  return ({ saved }) =>
    saved.objects
      .filter(({ kind }) => kind === 'Pod')
      .flatMap((pod) => [...JSON.stringify(pod).matchAll(all)].map(([, version = '']) => version));
}

/** Each once, the newest first; of one release line whole versions say more than the line. */
function others(versions: readonly string[], lab: string): string {
  const all = [...new Set(versions)].filter((version) => version !== lab);
  const known = [lab, ...all];
  const whole = all.filter((line) => !known.some((version) => version.startsWith(`${line}.`)));
  return whole.sort(newestFirst).join(', ');
}

function newestFirst(a: string, b: string): number {
  const [one, other] = [parse(a), parse(b)];
  return one && other ? compare(other, one) : a < b ? 1 : -1;
}

async function declaredNode(): Promise<string> {
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  return engines.node;
}
