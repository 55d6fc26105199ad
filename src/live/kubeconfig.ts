// Finds the cluster to talk to by kubectl's rules (client-go tools/clientcmd/loader.go and client_config.go).
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { KubeconfigFile } from '../core/approach.ts';
import { inCluster } from './in-cluster.ts';
import { readKubeconfigFile, type Kubeconfig } from './kubeconfig-file.ts';
import { suggest } from './suggest.ts';
import type { Choice, Target } from './target.ts';

export type Found<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** `unreachable`: there is no cluster to ask; otherwise the words on the command line are off. */
      readonly why?: 'unreachable';
      readonly says: string;
    };
type Loaded = { readonly config: Kubeconfig; readonly files: readonly string[] };

/** Chooses the target. `says` is one line for a person, with what to type. */
export function findTarget(choice: Choice): Found<Target> {
  const loaded = load(choice);
  if (!loaded.ok) return loaded;
  const { config, files } = loaded.value;
  if (config.contexts.size === 0 && config.clusters.size === 0) {
    const inside = choice.context || choice.cluster ? undefined : inCluster(choice);
    return inside ? { ok: true, value: inside } : bad(nothingFound(choice, files), 'unreachable');
  }
  return select(choice, config, files);
}

/** Every context there is to choose from; none when the kubeconfig cannot be read. */
export function contextNames(choice: Choice): readonly string[] {
  const loaded = load(choice);
  return loaded.ok ? [...loaded.value.config.contexts.keys()] : [];
}

/** The files that count for this choice, in their order, and what became of each. */
export function looksAt(choice: Choice): readonly KubeconfigFile[] {
  const from = choice.kubeconfig
    ? '--kubeconfig'
    : choice.env.KUBECONFIG
      ? '$KUBECONFIG'
      : 'the default';
  const paths = choice.kubeconfig ? [choice.kubeconfig] : candidates(choice.env);
  return paths.map((path) => ({
    ...{ path: resolve(path), from },
    state: readKubeconfigFile(path).is,
  }));
}

/** What chose the context: a flag, or the file whose current-context counts. */
export function contextSource(choice: Choice, { files }: Target): string {
  if (files.length === 0) return 'the service account of this pod';
  if (choice.context) return '--context';
  const setting = files.find((path) => {
    const file = readKubeconfigFile(path);
    return file.is === 'read' && file.config.currentContext !== '';
  });
  return setting === undefined ? '--cluster' : `current-context in ${setting}`;
}

function load(choice: Choice): Found<Loaded> {
  const explicit = choice.kubeconfig;
  const wanted = explicit ? [explicit] : candidates(choice.env);
  const files: string[] = [];
  const configs: Kubeconfig[] = [];
  for (const path of wanted) {
    const file = readKubeconfigFile(path);
    if (file.is === 'bad')
      return bad(`${file.says}: mend it, or name another file with --kubeconfig`, 'unreachable');
    if (file.is === 'missing' && explicit) return bad(`--kubeconfig: there is no file ${path}`);
    if (file.is === 'missing') continue;
    files.push(resolve(path));
    configs.push(file.config);
  }
  return { ok: true, value: { config: merge(configs), files } };
}

function candidates(env: Choice['env']): readonly string[] {
  if (!env.KUBECONFIG) return [join(env.HOME || homedir(), '.kube', 'config')];
  return [...new Set(env.KUBECONFIG.split(delimiter).filter((path) => path !== ''))];
}

/** The first file to set a name or the current context wins; entries are never mixed. */
function merge(configs: readonly Kubeconfig[]): Kubeconfig {
  const last = configs.toReversed();
  return {
    currentContext: configs.find((c) => c.currentContext !== '')?.currentContext ?? '',
    clusters: new Map(last.flatMap((c) => [...c.clusters])),
    users: new Map(last.flatMap((c) => [...c.users])),
    contexts: new Map(last.flatMap((c) => [...c.contexts])),
  };
}

function select(choice: Choice, config: Kubeconfig, files: readonly string[]): Found<Target> {
  const name = choice.context || config.currentContext;
  const source = files.join(delimiter);
  const context = config.contexts.get(name);
  if (!context && (name !== '' || !choice.cluster)) {
    const known = [...config.contexts.keys()];
    if (name === '')
      return bad(`no current context in ${source}: name one with --context${oneOf(known)}`);
    return bad(`no context named ${name} in ${source}${suggest(name, known)}`);
  }
  const clusterName = choice.cluster || context?.cluster || '';
  const userName = choice.user || context?.user || '';
  const cluster = config.clusters.get(clusterName);
  const user = config.users.get(userName);
  if (!cluster) {
    return bad(
      `no cluster named ${clusterName} in ${source}${suggest(clusterName, config.clusters.keys())}`,
    );
  }
  if (!user && userName !== '') {
    return bad(`no user named ${userName} in ${source}${suggest(userName, config.users.keys())}`);
  }
  const server = cluster.server ?? '';
  if (!URL.canParse(server) || !/^https?:/.test(server)) {
    return bad(`the cluster ${clusterName} in ${source} has no usable server URL`);
  }
  const namespace = choice.namespace || context?.namespace || 'default';
  const value = {
    context: name,
    namespace,
    cluster: { ...cluster, server },
    user: user ?? {},
    source,
    files,
    ...(context?.namespace ? { ownNamespace: 'the context' } : {}),
  };
  return { ok: true, value };
}

function nothingFound(choice: Choice, files: readonly string[]): string {
  const looked = choice.kubeconfig ?? candidates(choice.env).join(delimiter);
  const why = files.length > 0 || existsSync(looked) ? 'names no cluster' : 'does not exist';
  return `no cluster to talk to: ${looked} ${why}; name a kubeconfig with --kubeconfig FILE or $KUBECONFIG`;
}

function oneOf(names: readonly string[]): string {
  return names.length === 0
    ? ''
    : ` (${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''})`;
}

function bad(says: string, why?: 'unreachable'): Extract<Found<never>, { ok: false }> {
  return { ok: false, says, ...(why ? { why } : {}) };
}
