// What runs in the containers of Linkerd's images: the fakes of this folder, bundled, and a real Prometheus.
import { join } from 'node:path';
import { build } from 'esbuild';
import { built, inState, podDir } from '../paths.ts';
import type { Container, Pod } from '../pod-types.ts';
import { STEERING_DIR } from './steering.ts';

const HOST_DIR = inState('linkerd', 'programs');
const DIR = '/usr/local/bin/linkerd';

const IMAGES = 'cr.l5d.io/linkerd/';
const isLinkerd = ({ image }: Container): boolean => image.startsWith(IMAGES);
const isPrometheus = ({ image }: Container): boolean => /\/prometheus:/.test(image);

const INIT =
  'The fake linkerd-init of the lab sets no iptables rules: the fake proxy carries no traffic.';

/** The command of a container of Linkerd, or of Prometheus; nothing for any other. */
export function linkerdProgram(container: Container): readonly string[] | undefined {
  const { name, image, args = [] } = container;
  if (isPrometheus(container)) return ['prometheus', ...args];
  if (!isLinkerd(container)) return undefined;
  if (name === 'linkerd-proxy') {
    return ['node', `${DIR}/fake-proxy.cjs`, image.slice(image.indexOf(':') + 1)];
  }
  const isInit = name === 'linkerd-init' || name === 'linkerd-network-validator';
  return isInit ? ['echo', INIT] : ['node', `${DIR}/fake-controller.cjs`, name];
}

/** What its root folder needs more than others: folders of the machine, by their place in it. */
export function linkerdBinds(
  pod: Pod,
  container: Container,
): readonly (readonly [string, string])[] {
  if (isPrometheus(container)) {
    return [[join(built.prometheus, 'prometheus'), '/usr/local/bin/prometheus']];
  }
  if (!isLinkerd(container)) return [];
  const steering = steeringDir(pod.metadata.namespace, pod.metadata.name);
  const own = container.name === 'linkerd-proxy' ? [[steering, STEERING_DIR] as const] : [];
  return [[HOST_DIR, DIR], ...own];
}

export const steeringDir = (namespace: string, name: string): string =>
  join(podDir(namespace, name), 'lab');

/** Bundled anew with each installation, so that what runs is what the folder holds. */
export async function bundlePrograms(): Promise<void> {
  await build({
    entryPoints: ['fake-proxy', 'fake-controller'].map((name) =>
      join(import.meta.dirname, `${name}.ts`),
    ),
    outdir: HOST_DIR,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
}
