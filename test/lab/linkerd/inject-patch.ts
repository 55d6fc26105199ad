// The JSON patch that makes a pod what `linkerd inject` of edge-26.8.3 made of one (injected.json is its recorded
// output), in the order of upstream's charts/patch.
import { createHash } from 'node:crypto';
import recorded from './injected.json' with { type: 'json' };
import { INJECT, type Container, type InjectedPod, type Values } from './injector.ts';

export type Op = { readonly op: 'add'; readonly path: string; readonly value: unknown };
type Annotations = Readonly<Record<string, string>>;

export type Setting = {
  readonly namespace: string;
  readonly namespaceAnnotations: Annotations;
  readonly owner: { readonly kind: string; readonly name: string } | undefined;
  readonly anchors: string;
  readonly values: Values;
};

const OPAQUE = 'config.linkerd.io/opaque-ports';
const NATIVE = ['config', 'config.beta', 'config.alpha'].map(
  (prefix) => `${prefix}.linkerd.io/proxy-enable-native-sidecar`,
);

const add = (path: string, value: unknown): Op => ({ op: 'add', path, value });
const key = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const ports = ({ spec }: InjectedPod): readonly number[] =>
  spec.containers.flatMap((each) => each.ports ?? []).map((each) => each.containerPort);

/** The workload's own annotation, else the namespace's (linkerd2 pkg/inject GetConfigOverride). */
const configOf =
  (pod: InjectedPod, { namespaceAnnotations }: Setting) =>
  (name: string): string | undefined =>
    pod.metadata.annotations?.[name] ?? namespaceAnnotations[name];

export function isNative(pod: InjectedPod, setting: Setting): boolean {
  const config = configOf(pod, setting);
  const said = NATIVE.map(config).find((value) => value !== undefined);
  return said === undefined ? setting.values.proxy.nativeSidecar : said === 'true';
}

/** Opaque by default and among the pod's ports: written down on the pod. */
export function opaqueDefaults(pod: InjectedPod, { values }: Setting): string {
  const own = new Set(ports(pod).map(String));
  return values.proxy.opaquePorts
    .split(',')
    .filter((port) => own.has(port))
    .join(',');
}

export function inherited(pod: InjectedPod, { namespaceAnnotations }: Setting): Annotations {
  const own = pod.metadata.annotations ?? {};
  return Object.fromEntries(
    Object.entries(namespaceAnnotations).filter(
      ([name]) =>
        (name === INJECT || /^config\.(alpha\.|beta\.)?linkerd\.io\//.test(name)) && !(name in own),
    ),
  );
}

function annotations(pod: InjectedPod, setting: Setting): Annotations {
  const { linkerdVersion } = setting.values;
  const opaque = configOf(pod, setting)(OPAQUE) ?? opaqueDefaults(pod, setting);
  return {
    ...inherited(pod, setting),
    ...(opaque === '' || pod.metadata.annotations?.[OPAQUE] ? {} : { [OPAQUE]: opaque }),
    'linkerd.io/created-by': `linkerd/proxy-injector ${linkerdVersion}`,
    'linkerd.io/proxy-version': linkerdVersion,
    'linkerd.io/trust-root-sha256': createHash('sha256').update(setting.anchors).digest('hex'),
  };
}

function labels({ namespace, owner }: Setting): Annotations {
  return {
    'linkerd.io/control-plane-ns': 'linkerd',
    'linkerd.io/workload-ns': namespace,
    ...(owner ? { [`linkerd.io/proxy-${owner.kind.toLowerCase()}`]: owner.name } : {}),
  };
}

function initContainer(pod: InjectedPod, setting: Setting): object {
  const config = configOf(pod, setting);
  const args = [...recorded.init.args];
  for (const [flag, own, name] of [
    ['--inbound-ports-to-ignore', '4190,4191,', 'skip-inbound-ports'],
    ['--outbound-ports-to-ignore', '', 'skip-outbound-ports'],
  ] as const) {
    const skipped = config(`config.linkerd.io/${name}`);
    if (skipped !== undefined) args[args.indexOf(flag) + 1] = own + skipped;
  }
  return { ...recorded.init, args };
}

function proxyContainer(pod: InjectedPod, setting: Setting): Container {
  const config = configOf(pod, setting);
  const own: Record<string, string | undefined> = {
    LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS: setting.anchors,
    LINKERD2_PROXY_INBOUND_PORTS: ports(pod).join(','),
    LINKERD2_PROXY_INBOUND_DEFAULT_POLICY:
      config('config.linkerd.io/default-inbound-policy') ??
      setting.values.proxy.defaultInboundPolicy,
    LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION:
      config(OPAQUE) ?? setting.values.proxy.opaquePorts,
    LINKERD2_PROXY_LOG: config('config.linkerd.io/proxy-log-level'),
  };
  const env = recorded.proxy.env.map((each) => {
    const value = own[each.name];
    return value === undefined ? each : { name: each.name, value };
  });
  const { restartPolicy, startupProbe, ...rest } = recorded.proxy;
  const memory = config('config.linkerd.io/proxy-memory-limit');
  const limited = { ...rest, env, ...(memory ? { resources: { limits: { memory } } } : {}) };
  return isNative(pod, setting) ? { ...limited, restartPolicy, startupProbe } : limited;
}

function containers(pod: InjectedPod, setting: Setting): readonly Op[] {
  const proxy = proxyContainer(pod, setting);
  const init = initContainer(pod, setting);
  if (isNative(pod, setting)) {
    return [add('/spec/initContainers/0', init), add('/spec/initContainers/1', proxy)];
  }
  return [add('/spec/initContainers/-', init), add('/spec/containers/0', proxy)];
}

const maps = (path: string, there: object | undefined, wanted: Annotations): readonly Op[] => [
  ...(there ? [] : [add(path, {})]),
  ...Object.entries(wanted).map(([name, value]) => add(`${path}/${key(name)}`, value)),
];

export function injectionPatch(pod: InjectedPod, setting: Setting): readonly Op[] {
  const { metadata, spec } = pod;
  return [
    ...maps('/metadata/annotations', metadata.annotations, annotations(pod, setting)),
    ...maps('/metadata/labels', metadata.labels, labels(setting)),
    ...(spec.volumes ? [] : [add('/spec/volumes', [])]),
    ...(spec.initContainers ? [] : [add('/spec/initContainers', [])]),
    ...recorded.volumes.map((volume) => add('/spec/volumes/-', volume)),
    ...containers(pod, setting),
  ];
}
