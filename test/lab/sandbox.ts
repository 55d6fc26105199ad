import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linkerdBinds, steeringDir } from './linkerd/programs.ts';
import { built, inState, podDir } from './paths.ts';
import type { Container, Pod } from './pod-types.ts';
import { volumeDir } from './volumes.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What a container's image would bring: the programs of /usr/local/bin. */
const image: Record<string, string> = {
  envoy: join(built.envoy, 'envoy'),
  'pilot-agent': join(built.istio, 'pilot-agent'),
  'pilot-discovery': join(built.istio, 'pilot-discovery'),
  node: process.execPath,
  'app.mjs': join(import.meta.dirname, 'app.mjs'),
};

/** Mounts are made in the mount namespace that `ip netns exec` opens, so they end with the process. */
function skeleton(root: string): string[] {
  const programs = Object.entries(image).flatMap(([name, file]) => [
    `touch usr/local/bin/${name}`,
    `mount --bind ${quote(file)} usr/local/bin/${name}`,
  ]);
  return [
    `mount -t tmpfs -o mode=755 tmpfs ${quote(root)}`,
    `cd ${quote(root)}`,
    'mkdir -p usr etc proc sys dev tmp run var/lib/istio/envoy var/log',
    'chmod 1777 tmp',
    'ln -s usr/bin bin; ln -s usr/sbin sbin; ln -s usr/lib lib; ln -s usr/lib64 lib64',
    'ln -s ../run var/run',
    'mount --bind /usr usr',
    'mount -t tmpfs -o mode=755 tmpfs usr/local/bin',
    ...programs,
    'mount -t proc proc proc',
    'mount --bind /sys sys',
    'mount --rbind /dev dev',
    'cp /etc/passwd /etc/group etc/',
    "echo 'hosts: files' > etc/nsswitch.conf",
    'mkdir -p etc/ssl/certs',
    'cp -L /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ 2>/dev/null || true',
    // Names come from the hosts file; istiod and the agent only want the file to be there.
    "echo 'nameserver 10.96.0.10' > etc/resolv.conf",
    `cp ${quote(join(built.istio, 'envoy_bootstrap.json'))} var/lib/istio/envoy/envoy_bootstrap_tmpl.json`,
  ];
}

const bind = (from: string, to: string): string[] => [
  `mkdir -p ${quote(`.${to}`)}`,
  `mount --bind ${quote(from)} ${quote(`.${to}`)}`,
];

const bindFile = (from: string, to: string): string[] => [
  `mkdir -p ${quote(`.${dirname(to)}`)}`,
  `touch ${quote(`.${to}`)}`,
  `mount --bind ${quote(from)} ${quote(`.${to}`)}`,
];

function mounts(pod: Pod, container: Container): string[] {
  const hosts = inState('hosts', pod.metadata.namespace);
  const volumes = (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath }) =>
    subPath
      ? bindFile(join(volumeDir(pod, name), subPath), mountPath)
      : bind(volumeDir(pod, name), mountPath),
  );
  const more = linkerdBinds(pod, container).flatMap(([from, to]) =>
    statSync(from).isDirectory() ? bind(from, to) : bindFile(from, to),
  );
  return ['touch etc/hosts', `mount --bind ${quote(hosts)} etc/hosts`, ...volumes, ...more];
}

export type Program = { argv: string[]; env: Record<string, string>; uid: number; host: boolean };

/**
 * A shell script that becomes the container's process: inside its own root folder, or, for what
 * sets the network up (iptables), straight on the machine.
 */
export async function sandbox(pod: Pod, container: Container, program: Program): Promise<string> {
  const { argv, env, uid, host } = program;
  const { namespace, name } = pod.metadata;
  const dir = podDir(namespace, name);
  const root = join(dir, `root-${container.name}`);
  await mkdir(root, { recursive: true });
  await mkdir(steeringDir(namespace, name), { recursive: true });
  const vars = Object.entries(env).map(([key, value]) => quote(`${key}=${value}`));
  const command = ['env', '-i', ...vars, ...argv.map(quote)].join(' ');
  const last = host ? command : `chroot --userspec=${uid}:${uid} --groups= . /usr/bin/${command}`;
  const lines = host ? [] : [...skeleton(root), ...mounts(pod, container)];
  const file = join(dir, `${container.name}.sh`);
  await writeFile(file, `${['set -e', ...lines, `exec ${last}`].join('\n')}\n`, { mode: 0o700 });
  return file;
}
