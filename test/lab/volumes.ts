import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { fieldOf } from './env-vars.ts';
import { podDir } from './paths.ts';
import type { Items, Pod, Source, Volume } from './pod-types.ts';
import { until } from './sh.ts';

type Named = { readonly metadata: { readonly namespace: string; readonly name: string } };

export const volumeDir = ({ metadata }: Named, name: string): string =>
  join(podDir(metadata.namespace, metadata.name), 'volumes', name);

/** Files here replace those of the same name in any volume: how a fault hands out a bad token. */
export const overridesDir = (namespace: string, name: string): string =>
  join(podDir(namespace, name), 'overrides');

type Files = Record<string, string>;

async function tokenFile(api: Api, pod: Pod, source: Source): Promise<Files> {
  const { audience, path = 'token' } = source.serviceAccountToken ?? {};
  const { namespace } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  const spec = { expirationSeconds: 86_400, ...(audience ? { audiences: [audience] } : {}) };
  const url = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const answer = await api.post<{ status: { token: string } }>(url, { spec });
  return { [path]: answer.status.token };
}

/** A pod waits for a ConfigMap that is not there yet, as under a kubelet. */
async function objectFiles(api: Api, url: string, items: Items | undefined): Promise<Files> {
  const { data = {} } = await until(url, () => api.get<{ data?: Files }>(url), 600_000, 500);
  if (!items) return data;
  return Object.fromEntries(items.map(({ key, path }) => [path, data[key] ?? '']));
}

async function secretFiles(
  api: Api,
  url: string,
  { secretName = '', optional = false }: NonNullable<Source['secret']>,
): Promise<Files> {
  const at = `${url}/${secretName}`;
  if (optional && !(await api.ready(at))) return {};
  const files = await objectFiles(api, at, undefined);
  const plain = (text: string): string => Buffer.from(text, 'base64').toString();
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, plain(text)]));
}

async function filesOf(api: Api, pod: Pod, source: Source): Promise<Files> {
  const core = `/api/v1/namespaces/${pod.metadata.namespace}`;
  if (source.serviceAccountToken) return tokenFile(api, pod, source);
  if (source.configMap?.name) {
    const { name, items, optional } = source.configMap;
    if (optional && !(await api.ready(`${core}/configmaps/${name}`))) return {};
    return objectFiles(api, `${core}/configmaps/${name}`, items);
  }
  if (source.secret?.secretName) return secretFiles(api, `${core}/secrets`, source.secret);
  const items = source.downwardAPI?.items ?? [];
  return Object.fromEntries(
    items.map(({ path, fieldRef }) => [path, fieldOf(pod, fieldRef?.fieldPath ?? '')]),
  );
}

/** In one step: another container of the pod may be reading it. */
async function put(file: string, text: string): Promise<void> {
  const part = `${file}.${randomUUID()}`;
  await writeFile(part, text, { mode: 0o644 });
  await rename(part, file);
}

async function fill(api: Api, pod: Pod, volume: Volume): Promise<void> {
  const dir = volumeDir(pod, volume.name);
  await mkdir(dir, { recursive: true });
  // Containers run as other users than root and write in their emptyDir.
  await chmod(dir, 0o777);
  for (const source of volume.projected?.sources ?? [volume]) {
    for (const [path, text] of Object.entries(await filesOf(api, pod, source))) {
      await put(join(dir, path), text);
    }
  }
}

async function override(pod: Pod): Promise<void> {
  const dir = overridesDir(pod.metadata.namespace, pod.metadata.name);
  if (!existsSync(dir)) return;
  for (const file of await readdir(dir)) {
    for (const volume of pod.spec.volumes ?? []) {
      const target = join(volumeDir(pod, volume.name), file);
      if (existsSync(target)) await put(target, await readFile(join(dir, file), 'utf8'));
    }
  }
}

/** Writes every volume of a pod as a folder: done again before each start of a container. */
export async function prepareVolumes(api: Api, pod: Pod): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) await fill(api, pod, volume);
  await override(pod);
}
