// Which issuer the mesh runs on, put together from what can be known of it without its Secret: the chain that proxies
// present, the values of the install, cert-manager's word and identity's own metric.
import { at, text } from '../../../src/model/kube/read.ts';
import { readCertificates, type Certificate } from '../../../src/model/certificates/x509.ts';
import type { LinkerdConfig } from '../../../src/facts/linkerd/config.ts';
import type { Managed } from '../../../src/facts/linkerd/identity/managed.ts';
import type { ProxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';

export type Witnesses = {
  readonly presented: readonly Extract<ProxyCertificate, { is: 'presented' }>[];
  readonly config: LinkerdConfig | undefined;
  readonly managed: readonly Managed[];
  /** When the issuers end that identity's replicas say they sign with. */
  readonly running: readonly number[];
};

/** The Secret of the issuer (linkerd2 pkg/k8s/labels.go IdentityIssuerSecretName). */
export const issuerSecret = 'linkerd-identity-issuer';

/** A request through a port-forward takes a while, and a metric is rounded to a second. */
const SAME_MS = 20_000;
/**
 * Two clocks of one cluster that differ by more than this are one clock and two certificates. By less they may be, too:
 * issuers that were made one after the other end so.
 */
const CLOCKS_MS = 3_600_000;

export type IssuerView = ReturnType<typeof issuerView>;

export function issuerView({ presented, config, managed, running }: Witnesses) {
  // Of several replicas the one that is furthest behind does the harm.
  const runningUntil = running.length === 0 ? undefined : Math.min(...running);
  const newest = presented.toSorted((a, b) => b.leaf.from - a.leaf.from)[0];
  const configured = configuredIssuers(config);
  const chains = [newest?.issuers ?? [], configured].filter((chain) => chain.length > 0);
  const isNear = (one: Certificate | undefined, ms: number) =>
    one !== undefined && runningUntil !== undefined && Math.abs(one.until - runningUntil) <= ms;
  const matching = chains.find(([one]) => isNear(one, CLOCKS_MS));
  const [current, ...above] = matching ?? (runningUntil === undefined ? (chains[0] ?? []) : []);
  const confirmed = isNear(current, SAME_MS);
  const ends = runningUntil ?? current?.until;
  const others = [
    ...keptBy(managed),
    ...givenLater(configured[0], current),
    { until: Math.max(...running), says: 'another replica of it', sure: true },
  ];
  return {
    /** The certificate itself, and those between it and its anchor. */
    current,
    above,
    /** When the issuer ends that identity signs with; `undefined` when it did not say. */
    runningUntil,
    /** Identity itself confirms that `current` is what it signs with. */
    confirmed,
    /** By how much identity's clock is ahead of ours, in ms: from a certificate and from what it says is left of it. */
    aheadMs:
      current && runningUntil !== undefined && !confirmed
        ? current.until - runningUntil
        : undefined,
    /** When the issuer ends that was last configured, where that is another one, and who says so. */
    newer: others.find(({ until }) => ends !== undefined && until - ends > CLOCKS_MS),
  };
}

/** The chart keeps the certificate among its values, without the key (linkerd2 templates/config.yaml). */
function configuredIssuers(config: LinkerdConfig | undefined): readonly Certificate[] {
  if (config?.issuerScheme !== 'linkerd.io/tls') return [];
  const tls = at(config.values, 'identity', 'issuer', 'tls');
  return readCertificates(text(tls, 'crtPEM') ?? '');
}

function keptBy(managed: readonly Managed[]) {
  const { name = '', until } = managed.find(({ secret }) => secret === issuerSecret) ?? {};
  if (until === undefined) return [];
  return [{ until, says: `cert-manager's Certificate ${name}`, sure: true }];
}

/** The values of the install are what was once given; the Secret may have been changed since. */
function givenLater(given: Certificate | undefined, current: Certificate | undefined) {
  // An issuer put straight into the Secret leaves the values as they were: what they hold is then older, whenever it ends.
  if (!given || !current || given.from < current.from) return [];
  return [{ until: given.until, says: 'ConfigMap linkerd-config', sure: false }];
}
