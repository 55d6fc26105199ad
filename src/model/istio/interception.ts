// Which connections never reach a sidecar. What bypasses it meets no policy, no route and no mutual TLS, so this is
// asked before any of them is judged. istio-init has the answer in its arguments (istio
// manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, tools/istio-iptables/pkg/cmd/root.go);
// without it the CNI plugin reads the annotations (cni/pkg/plugin/redirect.go).
import type { Pod } from '../../facts/kube/pod.ts';
import { fitsBlock } from '../kube/match-ip.ts';

/** What of a pod decides. */
export type Intercepted = Pick<Pod, 'annotations' | 'containers'>;

/** What keeps a connection away: `annotation traffic.sidecar.istio.io/excludeInboundPorts ("8080")`. */
export type Bypass = {
  readonly by: string;
  /** Where the pod itself says it; a default of the mesh has none. */
  readonly annotation: string | undefined;
};

/** A setting, by the annotation and by the letter of istio-init. */
const settings = {
  includeInboundPorts: '-b',
  excludeInboundPorts: '-d',
  includeOutboundIPRanges: '-i',
  excludeOutboundIPRanges: '-x',
  includeOutboundPorts: '-q',
  excludeOutboundPorts: '-o',
} as const;
type Name = keyof typeof settings;

const mode = 'sidecar.istio.io/interceptionMode';
/** The user that the proxy runs as: iptables lets its connections out (tools/istio-iptables/pkg/constants). */
const proxyUser = 1337;

/** Why a request to a port of the pod does not pass its sidecar. */
export function inboundBypass(pod: Intercepted, port: number): Bypass | undefined {
  const own = wholly(pod);
  if (own) return own;
  const included = setting(pod, 'includeInboundPorts');
  if (included && !included.list.includes('*'))
    return included.list.includes(String(port)) ? undefined : included;
  const excluded = setting(pod, 'excludeInboundPorts');
  return excluded?.list.includes(String(port)) ? excluded : undefined;
}

/** What the pod dials. */
export type Dialled = { readonly port: number | undefined; readonly ip: string | undefined };

/** Why a connection that the pod opens does not pass its sidecar. */
export function outboundBypass(pod: Intercepted, { port, ip }: Dialled): Bypass | undefined {
  const own = wholly(pod) ?? userBypass(pod);
  if (own) return own;
  const named = (name: Name) => {
    const found = setting(pod, name);
    return port !== undefined && found?.list.includes(String(port)) ? found : undefined;
  };
  const covered = (found: Setting | undefined) =>
    ip !== undefined && found?.list.some((range) => inRange(range, ip));
  const excludedPort = named('excludeOutboundPorts');
  if (excludedPort) return excludedPort;
  const excluded = setting(pod, 'excludeOutboundIPRanges');
  if (excluded && covered(excluded)) return excluded;
  const included = setting(pod, 'includeOutboundIPRanges');
  if (!included || ip === undefined || included.list.includes('*')) return undefined;
  return covered(included) || named('includeOutboundPorts') ? undefined : included;
}

function wholly({ annotations }: Intercepted): Bypass | undefined {
  return annotations[mode] === 'NONE' ? { by: written(mode, 'NONE'), annotation: mode } : undefined;
}

/** With several containers it is not known which of them calls. */
function userBypass({ containers }: Intercepted): Bypass | undefined {
  const apps = containers.filter((c) => c.role === 'main' && c.name !== 'istio-proxy');
  const [first] = apps;
  if (!first || !apps.every((c) => c.runAsUser === proxyUser)) return undefined;
  return {
    by: `user ${proxyUser} of container ${first.name}, which is the proxy's own user,`,
    annotation: undefined,
  };
}

type Setting = Bypass & { readonly list: readonly string[] };

function setting(pod: Intercepted, name: Name): Setting | undefined {
  const annotation = `traffic.sidecar.istio.io/${name}`;
  const said = pod.annotations[annotation];
  const init = pod.containers.find((c) => c.role === 'init' && c.args[0] === 'istio-iptables');
  if (!init)
    return said === undefined
      ? undefined
      : { by: written(annotation, said), annotation, list: words(said) };
  const letter = settings[name];
  const at = init.args.indexOf(letter);
  const value = at < 0 ? undefined : (init.args[at + 1] ?? '');
  if (value === undefined) return undefined;
  const list = words(value);
  return said === undefined
    ? { by: `argument ${letter} ("${value}") of ${init.name}`, annotation: undefined, list }
    : { by: written(annotation, said), annotation, list };
}

/** `*` is every address. */
export function inRange(range: string, ip: string): boolean {
  return range === '*' || fitsBlock(range, ip);
}

function written(annotation: string, value: string): string {
  return `annotation ${annotation} ("${value}")`;
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
