// Reads one kubeconfig file: its entries under their own names (clientcmd/api/v1), its relative paths resolved.
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { limits } from '../core/limits.ts';
import { readText } from '../disk/read.ts';
import { parseYaml } from '../yaml/parse.ts';

const text = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.nullable(v.array(item)));

const execSchema = v.object({
  apiVersion: text,
  command: v.string(),
  args: list(v.string()),
  env: list(v.object({ name: v.string(), value: v.string() })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});
const clusterSchema = v.object({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'proxy-url': text,
  'disable-compression': flag,
  extensions: list(v.object({ name: v.string(), extension: v.unknown() })),
});
const userSchema = v.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  as: text,
  'as-uid': text,
  'as-groups': list(v.string()),
  'as-user-extra': v.optional(v.nullable(v.record(v.string(), v.array(v.string())))),
  username: text,
  password: text,
  'auth-provider': v.optional(
    v.nullable(
      v.object({
        name: v.string(),
        config: v.optional(v.nullable(v.record(v.string(), v.string()))),
      }),
    ),
  ),
  exec: v.optional(v.nullable(execSchema)),
});
const contextSchema = v.object({ cluster: text, user: text, namespace: text });
const fileSchema = v.object({
  'current-context': text,
  clusters: list(v.object({ name: v.string(), cluster: clusterSchema })),
  users: list(v.object({ name: v.string(), user: v.optional(v.nullable(userSchema)) })),
  contexts: list(v.object({ name: v.string(), context: contextSchema })),
});

export type Cluster = v.InferOutput<typeof clusterSchema>;
export type User = v.InferOutput<typeof userSchema>;
export type Context = v.InferOutput<typeof contextSchema>;
export type ExecConfig = v.InferOutput<typeof execSchema>;

export type Kubeconfig = {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly users: ReadonlyMap<string, User>;
  readonly contexts: ReadonlyMap<string, Context>;
};

export type FileRead =
  | { readonly is: 'read'; readonly config: Kubeconfig }
  | { readonly is: 'missing' }
  /** `says` begins with the file's name and holds nothing of its content but a line number or a field's name. */
  | { readonly is: 'bad'; readonly says: string };

/** Reads and checks one file. A missing file is not an error here: only the caller knows whether it may be. */
export function readKubeconfigFile(path: string): FileRead {
  const read = readText(path, { most: limits.files.kubeconfig, links: 'follow' });
  if (!read.ok) return read.is === 'missing' ? { is: 'missing' } : { is: 'bad', says: read.says };
  const found = parseYaml(read.text);
  // What the parser says may quote the file, and a file may hold a credential.
  if (found.is === 'fault') return { is: 'bad', says: `${path} is not YAML (line ${found.line})` };
  const parsed = v.safeParse(fileSchema, found.value ?? {});
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]);
    return { is: 'bad', says: `${path} is not a kubeconfig${where ? ` (at ${where})` : ''}` };
  }
  return toConfig(path, parsed.output);
}

function toConfig(path: string, file: v.InferOutput<typeof fileSchema>): FileRead {
  const base = dirname(resolve(path));
  const clusters = (file.clusters ?? []).map(
    (e) => [e.name, absoluteCluster(e.cluster, base)] as const,
  );
  const users = (file.users ?? []).map((e) => [e.name, absoluteUser(e.user ?? {}, base)] as const);
  const contexts = (file.contexts ?? []).map((e) => [e.name, e.context] as const);
  for (const [kind, entries] of Object.entries({ clusters, users, contexts })) {
    const twice = entries.find(([name], i) => entries.findIndex((e) => e[0] === name) !== i);
    // As clientcmd/api/v1/conversion.go, which refuses the file too.
    if (twice) return { is: 'bad', says: `${path} has two ${kind} named ${twice[0]}` };
  }
  return {
    is: 'read',
    config: {
      currentContext: file['current-context'] ?? '',
      clusters: new Map(clusters),
      users: new Map(users),
      contexts: new Map(contexts),
    },
  };
}

// Which fields are paths: clientcmd/loader.go GetClusterFileReferences, GetAuthInfoFileReferences.
function absoluteCluster(cluster: Cluster, base: string): Cluster {
  return { ...cluster, 'certificate-authority': absolute(cluster['certificate-authority'], base) };
}

function absoluteUser(user: User, base: string): User {
  const exec = user.exec;
  return {
    ...user,
    'client-certificate': absolute(user['client-certificate'], base),
    'client-key': absolute(user['client-key'], base),
    tokenFile: absolute(user.tokenFile, base),
    // A bare command is looked up on the PATH.
    exec: exec?.command.includes('/') ? { ...exec, command: resolve(base, exec.command) } : exec,
  };
}

function absolute(path: string | null | undefined, base: string): string | undefined {
  return path ? resolve(base, path) : undefined;
}
