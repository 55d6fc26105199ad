// Which issuer the mesh runs on, put together from what can be known of it without its Secret: the chain that proxies
// present, the values of the install, cert-manager's word and identity's own metric.
import { at, text } from '../../../src/model/kube/read.ts';
import { readCertificates, type Certificate } from '../../../src/model/certificates/x509.ts';
import type { LinkerdConfig } from '../../../src/facts/linkerd/config.ts';
import type { Managed } from '../../../src/facts/linkerd/identity/managed.ts';
import type { ProxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';

export type IssuerView = {
  /** The certificate itself, and those between it and its anchor. */
  readonly current: Certificate | undefined;
  readonly above: readonly Certificate[];
  /** When the issuer ends that identity signs with; `undefined` when it did not say. */
  readonly runningUntil: number | undefined;
  /** Identity itself confirms that `current` is what it signs with. */
  readonly confirmed: boolean;
  /** By how much identity's clock is ahead of ours, in ms: from a certificate and from what it says is left of it. */
  readonly aheadMs: number | undefined;
  /** When the issuer ends that was last configured, where that is another one, and who says so. */
  readonly newer: Newer | undefined;
};

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

export function issuerView({ presented, config, managed, running }: Witnesses): IssuerView {
  // Of several replicas the one that is furthest behind does the harm.
  const runningUntil = running.length === 0 ? undefined : Math.min(...running);
  const newest = presented.toSorted((a, b) => b.leaf.from - a.leaf.from)[0];
  const configured = configuredIssuers(config);
  const chains = [newest?.issuers ?? [], configured].filter((chain) => chain.length > 0);
  const matching = chains.find(([issuer]) => isNear(issuer, runningUntil, CLOCKS_MS));
  const [current, ...above] = matching ?? (runningUntil === undefined ? (chains[0] ?? []) : []);
  const difference =
    current && runningUntil !== undefined ? current.until - runningUntil : undefined;
  const isOff = difference !== undefined && Math.abs(difference) > SAME_MS;
  const ends = runningUntil ?? current?.until;
  return {
    current,
    above,
    runningUntil,
    confirmed: matching !== undefined && !isOff,
    aheadMs: isOff ? difference : undefined,
    newer:
      ends === undefined
        ? undefined
        : newerThan(ends, { configured: configured[0], current, managed, running }),
  };
}

/** The chart keeps the certificate among its values, without the key (linkerd2 templates/config.yaml). */
function configuredIssuers(config: LinkerdConfig | undefined): readonly Certificate[] {
  if (config?.issuerScheme !== 'linkerd.io/tls') return [];
  const tls = at(config.values, 'identity', 'issuer', 'tls');
  return readCertificates(text(tls, 'crtPEM') ?? '');
}

function isNear(one: Certificate | undefined, until: number | undefined, ms: number): boolean {
  return one !== undefined && until !== undefined && Math.abs(one.until - until) <= ms;
}

type Newer = { readonly until: number; readonly says: string; readonly sure: boolean };

function newerThan(
  ends: number,
  { configured, current, managed, running }: Pick<Witnesses, 'managed' | 'running'> & Issuers,
): Newer | undefined {
  const kept = managed.find(({ secret }) => secret === issuerSecret);
  // An issuer put straight into the Secret leaves the values as they were: what they hold is then older, whenever it ends.
  const isLater = configured && current && configured.from >= current.from;
  const all = [
    { until: kept?.until, says: `cert-manager's Certificate ${kept?.name ?? ''}`, sure: true },
    // The values of the install are what was once given; the Secret may have been changed since.
    {
      until: isLater ? configured.until : undefined,
      says: 'ConfigMap linkerd-config',
      sure: false,
    },
    { until: Math.max(...running), says: 'another replica of it', sure: true },
  ];
  return all.flatMap(({ until, ...rest }) =>
    until !== undefined && until - ends > CLOCKS_MS ? [{ until, ...rest }] : [],
  )[0];
}

type Issuers = Readonly<Record<'configured' | 'current', Certificate | undefined>>;
