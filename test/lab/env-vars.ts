import { availableParallelism, totalmem } from 'node:os';
import { API_PORT, HOST_IP } from './paths.ts';
import type { Container, EnvVar, Pod } from './pod-types.ts';

const SUBSCRIPT = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/** The value of a downward API field, as a kubelet resolves it. */
export function fieldOf(pod: Pod, path: string): string {
  const { metadata, spec, status } = pod;
  const [, map, key] = SUBSCRIPT.exec(path) ?? [];
  if (map && key) return metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'metadata.labels': mapLines(metadata.labels),
    'metadata.annotations': mapLines(metadata.annotations),
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': status?.podIP,
    'status.podIPs': status?.podIP,
    'status.hostIP': status?.hostIP,
  };
  return fields[path] ?? '';
}

/** A whole map in a downward API file: one key="value" a line. */
const mapLines = (map: Record<string, string> = {}): string =>
  Object.entries(map)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');

const UNITS: Record<string, number> = { m: 0.001, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, '': 1 };

function quantity(text: string): number {
  const [, digits = '0', unit = ''] = /^([\d.]+)(\w*)$/.exec(text) ?? [];
  return Number(digits) * (UNITS[unit] ?? 1);
}

function resourceOf(container: Container, resource: string, divisor = '1'): string {
  const [, kind = ''] = resource.split('.');
  const limit = container.resources?.limits?.[kind];
  const whole = kind === 'cpu' ? availableParallelism() : totalmem();
  const value = limit ? quantity(limit) : whole;
  return String(Math.ceil(value / (divisor === '0' ? 1 : quantity(divisor))));
}

function valueOf(pod: Pod, container: Container, { value, valueFrom }: EnvVar): string {
  if (valueFrom?.fieldRef) return fieldOf(pod, valueFrom.fieldRef.fieldPath);
  const ref = valueFrom?.resourceFieldRef;
  if (ref) return resourceOf(container, ref.resource, ref.divisor);
  return value ?? '';
}

/** The environment of a container, `$(NAME)` references expanded. */
export function environment(pod: Pod, container: Container): Record<string, string> {
  const env: Record<string, string> = {
    PATH: '/usr/local/bin:/usr/sbin:/usr/bin',
    HOME: '/tmp',
    HOSTNAME: pod.metadata.name,
    KUBERNETES_SERVICE_HOST: HOST_IP,
    KUBERNETES_SERVICE_PORT: String(API_PORT),
  };
  for (const entry of container.env ?? []) {
    env[entry.name] = expand(valueOf(pod, container, entry), env);
  }
  return env;
}

export const expand = (text: string, env: Record<string, string>): string =>
  text.replaceAll(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => env[name] ?? whole);
