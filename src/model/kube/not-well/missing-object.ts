// A ConfigMap, Secret or claim that is not there, or lacks a key, in the kubelet's and the scheduler's words: kubernetes
// pkg/kubelet/kubelet_pods.go, pkg/volume/configmap, pkg/volume/secret, pkg/scheduler/framework/plugins/volumebinding.
import type { ObjectName } from './reason.ts';

export type Missing = { readonly is: 'object-missing' | 'key-missing' } & ObjectName;

const kinds = {
  configmap: 'ConfigMap',
  secret: 'Secret',
  persistentvolumeclaim: 'PersistentVolumeClaim',
} as const;

export function missingObject(words: string): Missing | undefined {
  const [, kind = '', name = ''] =
    /\b(configmap|secret|persistentvolumeclaim) "?(?:[a-z0-9-]+\/)?([a-z0-9.-]+)"? not found/i.exec(
      words,
    ) ?? [];
  if (name !== '') return { is: 'object-missing', ...named(kind, name) };
  // Names of keys are quoted from `said`.
  const [, of = '', at = ''] =
    /couldn't find key \S+ in (ConfigMap|Secret) (?:[^/\s]+\/)?([a-z0-9.-]+)/i.exec(words) ?? [];
  return at === '' ? undefined : { is: 'key-missing', ...named(of, at) };
}

function named(kind: string, name: string): ObjectName {
  return { kind: kinds[kind.toLowerCase() as keyof typeof kinds], name };
}
