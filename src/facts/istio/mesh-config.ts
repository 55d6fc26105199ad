// The mesh's own configuration, as istiod reads it: the YAML under `mesh` of ConfigMap `istio`, or `istio-<rev>` for a
// revision (istio pilot/pkg/bootstrap/configcontroller.go, getMeshConfigMapName). Fields: istio.io/api mesh/v1alpha1.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { JsonObject } from '../../core/object.ts';
import type { LabelSelector } from '../../model/kube/labels.ts';
import { failure, getObject } from '../kube/ask.ts';
import { configMaps } from '../kube/kinds.ts';
import { flag, list, record, text, texts } from '../../model/kube/read.ts';
import { parseYaml } from '../../model/yaml.ts';

export type Extension = {
  readonly name: string;
  readonly kind: 'ext-authz-http' | 'ext-authz-grpc' | 'other';
  /** Its fields beside the name: of these one says what it is. */
  readonly fields: readonly string[];
  /** `authz.authz2.svc.cluster.local` and its port, of an external authorizer. */
  readonly service: string | undefined;
  readonly port: number | undefined;
  readonly failOpen: boolean;
};

export type MeshConfig = {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly autoMtls: boolean;
  readonly extensions: readonly Extension[];
  readonly accessLog: {
    /** Empty: off, unless a Telemetry resource turns it on. */
    readonly file: string;
    readonly encoding: 'TEXT' | 'JSON';
    /** Empty: Istio's own. */
    readonly format: string;
  };
  /** None: every namespace. */
  readonly discoverySelectors: readonly LabelSelector[];
  /** All of it, for what has no field here. */
  readonly raw: JsonObject;
};

export type MeshConfigArgs = { readonly root: string; readonly revision: string | undefined };

export function meshConfigName(revision: string | undefined): string {
  return revision === undefined || revision === '' || revision === 'default'
    ? 'istio'
    : `istio-${revision}`;
}

export const meshConfig = fact({
  name: 'istio/mesh-config',
  asks: ({ root }: MeshConfigArgs) => `the mesh configuration in ${root}`,
  byHand: ({ root, revision }) =>
    kubectl`get configmap ${meshConfigName(revision)} -n ${root} -o jsonpath={.data.mesh}`,
  needs: [needs(['get'], 'configmaps', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { root, revision }, signal): Promise<Fetched<MeshConfig>> => {
    const name = meshConfigName(revision);
    const reply = await getObject(ports, configMaps, name, root, signal);
    if (!reply.ok) {
      const ref = { resource: configMaps, name, namespace: root };
      return failure(reply, { ask: 'get', ref });
    }
    const value = readMeshConfig(text(record(reply.value['data']), 'mesh'), root);
    if (value) return { ok: true, value };
    return {
      ok: false,
      why: 'unreadable',
      detail: `configmap ${name} has no readable mesh config`,
    };
  },
  show: (value) => [
    `trust domain ${[value.trustDomain, ...value.trustDomainAliases].join(', also ')}; root namespace ${value.rootNamespace}`,
    `access log: ${value.accessLog.file === '' ? 'off' : `${value.accessLog.file}, ${value.accessLog.encoding}`}`,
    ...value.extensions.map((one) =>
      one.kind === 'other'
        ? `extension provider ${one.name}: ${one.fields.join(', ') || 'no type'}`
        : `external authorizer ${one.name}: ${one.service ?? '?'}:${one.port ?? '?'}`,
    ),
  ],
});

/** `undefined` when it is not YAML of the right shape. */
export function readMeshConfig(yaml: string | undefined, root: string): MeshConfig | undefined {
  const mesh = yaml === undefined ? undefined : parsed(yaml);
  if (mesh === undefined) return undefined;
  return {
    rootNamespace: text(mesh, 'rootNamespace') || root,
    // pkg/config/constants DefaultClusterLocalDomain is the trust domain where none is set.
    trustDomain: text(mesh, 'trustDomain') || 'cluster.local',
    trustDomainAliases: texts(mesh, 'trustDomainAliases'),
    autoMtls: flag(mesh, 'enableAutoMtls') ?? true,
    extensions: list(mesh, 'extensionProviders').map(readExtension),
    accessLog: {
      file: text(mesh, 'accessLogFile') ?? '',
      encoding: text(mesh, 'accessLogEncoding') === 'JSON' ? 'JSON' : 'TEXT',
      format: text(mesh, 'accessLogFormat') ?? '',
    },
    discoverySelectors: list(mesh, 'discoverySelectors').map((s) => record(s) as LabelSelector),
    raw: mesh,
  };
}

function parsed(yaml: string): JsonObject | undefined {
  const mesh = parseYaml(yaml);
  return typeof mesh === 'object' && mesh !== null && !Array.isArray(mesh)
    ? (mesh as JsonObject)
    : undefined;
}

function readExtension(entry: unknown): Extension {
  const name = text(entry, 'name') ?? '';
  const fields = Object.keys(record(entry)).filter((key) => key !== 'name');
  for (const [key, kind] of [
    ['envoyExtAuthzHttp', 'ext-authz-http'],
    ['envoyExtAuthzGrpc', 'ext-authz-grpc'],
  ] as const) {
    const found = record(entry, key);
    if (Object.keys(found).length === 0) continue;
    const port = Number(found['port']);
    return {
      name,
      kind,
      fields,
      service: text(found, 'service'),
      port: Number.isInteger(port) ? port : undefined,
      failOpen: flag(found, 'failOpen') ?? false,
    };
  }
  return { name, kind: 'other', fields, service: undefined, port: undefined, failOpen: false };
}
