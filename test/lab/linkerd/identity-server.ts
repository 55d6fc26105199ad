// The fake identity: signs what the fake proxies ask for with the issuer it read when it started, as linkerd2's
// pkg/identity/service.go does, and refuses as it does. Plain HTTP where upstream speaks gRPC in mTLS.
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { event } from './kube.ts';
import { DAY_MS, signed, SKEW_MS, type Pair } from './openssl.ts';
import { trusted } from './proxy-identity.ts';

const ISSUER = '/var/run/linkerd/identity/issuer';
const ANCHORS = '/var/run/linkerd/identity/trust-roots/ca-bundle.crt';
const BY = 'linkerd-identity';

const log = (level: string, text: string): void => {
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  process.stdout.write(`time="${at}" level=${level} msg=${JSON.stringify(text)}\n`);
};

function read(...names: readonly string[]): string {
  for (const name of names) {
    try {
      return readFileSync(`${ISSUER}/${name}`, 'utf8');
    } catch {
      // the other scheme
    }
  }
  return '';
}

const issuer: Pair = { cert: read('crt.pem', 'tls.crt'), key: read('key.pem', 'tls.key') };
const anchors = readFileSync(ANCHORS, 'utf8');

const end = (): Date => new Date(new X509Certificate(issuer.cert).validTo);

export const identityMetrics = (): string =>
  `# HELP issuer_cert_ttl_seconds The remaining seconds until the issuer certificate expires
# TYPE issuer_cert_ttl_seconds gauge
issuer_cert_ttl_seconds ${(end().getTime() - Date.now()) / 1000}
`;

/** Go's crypto/x509 in its own words. */
function problem(): string | undefined {
  const { validFrom, validTo } = new X509Certificate(issuer.cert);
  const now = new Date();
  const rfc = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
  const expired = 'x509: certificate has expired or is not yet valid: current time';
  if (now > new Date(validTo)) return `${expired} ${rfc(now)} is after ${rfc(new Date(validTo))}`;
  if (now < new Date(validFrom))
    return `${expired} ${rfc(now)} is before ${rfc(new Date(validFrom))}`;
  const verdict = trusted(issuer.cert, anchors);
  if (verdict === 'Expired') return expired.replace(': current time', '');
  return verdict === 'ok' ? undefined : 'x509: certificate signed by unknown authority';
}

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: BY, namespace: 'linkerd' },
};

async function sign({ identity, csr }: { identity: string; csr: string }): Promise<string> {
  const why = problem();
  if (why !== undefined) {
    log('error', `could not process CSR because of CA cert validation failure: ${why}`);
    const message = `${why} - CSR Identity : ${identity}`;
    await event(deployment, BY, 'Warning', 'IssuerValidationFailed', message).catch(
      () => undefined,
    );
    throw new Error(`status: Unknown, message: "${why}"`);
  }
  // Never longer than its issuer lives (linkerd2 pkg/tls/ca.go findFirstExpiration).
  const to = new Date(Math.min(Date.now() + DAY_MS + SKEW_MS, end().getTime()));
  const leaf = await signed(csr, { name: identity, issuer, to });
  const hash = createHash('sha256').update(new X509Certificate(leaf).raw).digest('hex');
  const until = to.toISOString().replace('T', ' ').slice(0, 19);
  const message = `issued certificate for ${identity} until ${until} +0000 UTC: ${hash}`;
  log('info', message);
  const [name = '', namespace = ''] = identity.split('.');
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  void event(account, BY, 'Normal', 'IssuedLeafCertificate', message).catch(() => undefined);
  const root = anchors.includes(issuer.cert.trim());
  return root ? leaf : `${leaf}${issuer.cert}`;
}

export function certify(request: IncomingMessage, response: ServerResponse): void {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    sign(JSON.parse(text) as { identity: string; csr: string }).then(
      (chain) => response.end(chain),
      (error: unknown) => {
        response.statusCode = 412;
        response.end((error as Error).message);
      },
    );
  });
}
