// Whom a proxy calls: istiod for its config, and a CA for its certificate. They are the same unless CA_ADDR names another
// (istio pilot/cmd/pilot-agent/options/security.go SetupSecurityOptions).
import type { Failure, LogLine } from '../../facts/istio/proxy-log-lines.ts';
import type { PeerLog, ProxyLog } from '../../facts/istio/proxy-log.ts';
import type { ControlPlane } from '../../facts/istio/istiods.ts';
import type { Container } from '../kube/container.ts';
import { parseJson, text, time } from '../kube/read.ts';

export type Address = {
  /** `istio-csr.cert-manager.svc:443` */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** The Service that the name is of; a name of another form is not Kubernetes'. */
  readonly service: { readonly name: string; readonly namespace: string } | undefined;
};

export type Peers = {
  readonly istiod: Address | undefined;
  readonly ca: Address | undefined;
  /** istiod signs the certificate too. */
  readonly same: boolean;
};

/** From the container's environment, else from what its agent logged when it started. */
export function peersOf(proxy: Container | undefined, log: ProxyLog | undefined): Peers {
  const { env = {} } = proxy ?? {};
  const discovery = text(parseJson(env['PROXY_CONFIG'] ?? ''), 'discoveryAddress');
  const istiod = readAddress(discovery ?? log?.istiod.address);
  const named = env['CA_ADDR'];
  const ca = readAddress(named === undefined || named === '' ? log?.ca.address : named) ?? istiod;
  return { istiod, ca, same: !ca || (istiod ? ca.host === istiod.host : isIstiod(ca)) };
}

/** The chart fills CA_ADDR with istiod's own Service (istio-discovery/files/injection-template.yaml). */
function isIstiod({ service }: Address): boolean {
  return /^istiod(?:-|$)/.test(service?.name ?? '');
}

export function readAddress(said: string | undefined): Address | undefined {
  const [, host = '', port = ''] = /^([\w.-]+):(\d+)$/.exec(said?.trim() ?? '') ?? [];
  if (host === '') return undefined;
  const [name = '', namespace = '', svc] = host.split('.');
  return {
    text: `${host}:${port}`,
    host,
    port: Number(port),
    service: svc === 'svc' ? { name, namespace } : undefined,
  };
}

/** Envoy and the agent try again within half a minute, so what failed longer ago is past, or is not tried any more. */
const triedAgainMs = 120_000;

/** The failure, where it is still so: the log has no newer success, and no newer attempt is missing from it. */
export function failingNow(
  { failing }: Pick<PeerLog, 'failing'>,
  now: number,
): Failure | undefined {
  return failing && isFresh(failing, now) ? failing : undefined;
}

/** Recent enough to tell of now. A line without a time is taken as it stands: the last of its kind. */
export function isFresh({ at }: LogLine, now: number): boolean {
  return at === undefined || now - at <= triedAgainMs;
}

/** When the istiods that are ready began to serve: what failed before that says nothing about them. */
export function servingSince(plane: ControlPlane | undefined): number | undefined {
  const starts = (plane?.istiods ?? [])
    .filter(({ ready }) => ready)
    .map(({ pod }) => pod.containers.find((c) => c.name === 'discovery')?.state)
    .map((state) => (state?.is === 'running' ? time(state.since) : undefined));
  const known = starts.filter((at) => at !== undefined);
  return known.length < starts.length || known.length === 0 ? undefined : Math.min(...known);
}

export function failsToResolve({ text: said }: Failure): boolean {
  return /no such host|name resolver error|produced zero addresses/.test(said);
}

export type Validity =
  | { readonly is: 'expired'; readonly until: string }
  | { readonly is: 'early'; readonly from: string };

/** Go's crypto/x509/verify.go: "current time 2026-11-21T07:59:48Z is after 2026-11-21T07:30:00Z". */
export function validityIn(said: string): Validity | undefined {
  const [, way, at] = /current time \S+ is (after|before) ([\d:TZ-]+)/.exec(said) ?? [];
  if (at === undefined) return undefined;
  return way === 'after' ? { is: 'expired', until: at } : { is: 'early', from: at };
}
