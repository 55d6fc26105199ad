// How Linkerd was installed: the Helm values it keeps, without their keys, in ConfigMap linkerd-config
// (linkerd2 charts/linkerd-control-plane/templates/config.yaml).
import { at, flag, number, text } from '../../model/kube/read.ts';
import { parseYaml } from '../../model/yaml.ts';

export type LinkerdConfig = {
  /** `edge-26.8.3`; also the version of the proxies it injects, unless `proxyVersion` says otherwise. */
  readonly version: string | undefined;
  readonly proxyVersion: string | undefined;
  readonly trustDomain: string;
  /** PEM; a bundle kept elsewhere (trust-manager) is not here. */
  readonly trustAnchors: string;
  /** `linkerd.io/tls` or `kubernetes.io/tls`: what the issuer's Secret looks like, and who renews it. */
  readonly issuerScheme: string;
  readonly defaultInboundPolicy: string;
  readonly clusterNetworks: readonly string[];
  readonly opaquePorts: string;
  readonly nativeSidecar: boolean | undefined;
  readonly cni: boolean;
  /** Seconds that a leaf certificate may be too early or too late. */
  readonly clockSkewSeconds: number | undefined;
  readonly tokenProjection: boolean;
  /** Everything else, as it was written. */
  readonly values: unknown;
};

const defaultNetworks = '10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8';
const defaultOpaque = '25,587,3306,4444,5432,6379,9300,11211';

/** `undefined` for what is not the values of an install. Defaults are those of the chart's values.yaml. */
export function readConfig(yaml: string): LinkerdConfig | undefined {
  const values = parseYaml(yaml);
  if (at(values, 'proxy') === undefined && at(values, 'linkerdVersion') === undefined) return;
  const skew = text(values, 'identity', 'issuer', 'clockSkewAllowance');
  return {
    version: text(values, 'linkerdVersion'),
    proxyVersion: text(values, 'proxy', 'image', 'version'),
    trustDomain: text(values, 'identityTrustDomain') || 'cluster.local',
    trustAnchors: text(values, 'identityTrustAnchorsPEM') ?? '',
    issuerScheme: text(values, 'identity', 'issuer', 'scheme') ?? 'linkerd.io/tls',
    defaultInboundPolicy: text(values, 'proxy', 'defaultInboundPolicy') ?? 'all-unauthenticated',
    clusterNetworks: (text(values, 'clusterNetworks') ?? defaultNetworks)
      .split(',')
      .map((network) => network.trim())
      .filter((network) => network !== ''),
    opaquePorts: text(values, 'proxy', 'opaquePorts') ?? defaultOpaque,
    nativeSidecar: flag(values, 'proxy', 'nativeSidecar'),
    cni: flag(values, 'cniEnabled') ?? false,
    clockSkewSeconds: skew === undefined ? undefined : seconds(skew),
    tokenProjection: flag(values, 'identity', 'serviceAccountTokenProjection') ?? true,
    values,
  };
}

function seconds(duration: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  const factor: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  return amount === undefined ? undefined : Number(amount) * (number(factor, unit) ?? 1);
}
