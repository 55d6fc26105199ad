// Certificates with any dates, by `openssl ca`: the one command of OpenSSL 3.0 that takes them.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const openssl = async (...args: string[]): Promise<void> => {
  await run('openssl', args);
};

/** PEM. `cert` may have its issuers behind it. */
export type Pair = { readonly cert: string; readonly key: string };

export type Wanted = {
  readonly name: string;
  /** DNS names; the name itself when absent. */
  readonly names?: readonly string[];
  readonly ca?: boolean;
  /** Self-signed without one. */
  readonly issuer?: Pair;
  readonly from?: Date;
  readonly to?: Date;
  readonly key?: 'ec' | 'rsa';
};

export const DAY_MS = 86_400_000;
/** linkerd2 `identity.issuer.clockSkewAllowance`: how much earlier than now a leaf begins. */
export const SKEW_MS = 20_000;

async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'lab-ca-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const KEY = {
  ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  rsa: ['rsa:2048'],
};

/** OpenSSL takes no longer common name; upstream's Go does, and clients read the DNS name alone. */
const MAX_COMMON_NAME = 64;
const subject = (name: string): string => (name.length <= MAX_COMMON_NAME ? `/CN=${name}` : '/');

/** A new key and the request for a certificate of that name. */
async function request(dir: string, name: string, kind: 'ec' | 'rsa'): Promise<void> {
  // A pod's root folder has no configuration of its own.
  const own = join(dir, 'req');
  await writeFile(own, '[req]\ndistinguished_name = dn\n[dn]\n');
  const what = ['-nodes', '-config', own, '-subj', subject(name)];
  const out = ['-keyout', join(dir, 'key'), '-out', join(dir, 'csr')];
  await openssl('req', '-new', '-newkey', ...KEY[kind], ...what, ...out);
}

const config = (dir: string, { ca, name, names = [name] }: Wanted): string => `[ca]
default_ca = lab
[lab]
database = ${dir}/index
new_certs_dir = ${dir}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = optional
[ext]
subjectKeyIdentifier = hash
basicConstraints = critical,CA:${ca ? 'TRUE' : 'FALSE'}
keyUsage = critical,${ca ? 'keyCertSign,cRLSign' : 'digitalSignature,keyEncipherment'}
extendedKeyUsage = serverAuth,clientAuth
${names.length > 0 && !ca ? `subjectAltName = ${names.map((each) => `DNS:${each}`).join(',')}` : ''}
`;

const asn1 = (at: Date): string => `${at.toISOString().replace(/[-:T]|\..*/g, '')}Z`;

/** Signs the request in the folder. */
async function sign(dir: string, wanted: Wanted): Promise<string> {
  const { issuer, from = new Date(Date.now() - SKEW_MS) } = wanted;
  const { to = new Date(Date.now() + DAY_MS) } = wanted;
  const file = (name: string): string => join(dir, name);
  await writeFile(file('config'), config(dir, wanted));
  await writeFile(file('index'), '');
  if (issuer) {
    await writeFile(file('ca.crt'), issuer.cert);
    await writeFile(file('ca.key'), issuer.key, { mode: 0o600 });
  }
  const by = issuer
    ? ['-cert', file('ca.crt'), '-keyfile', file('ca.key')]
    : ['-selfsign', '-keyfile', file('key')];
  const dates = ['-startdate', asn1(from), '-enddate', asn1(to)];
  const what = ['-extensions', 'ext', '-in', file('csr'), '-out', file('crt')];
  await openssl('ca', '-batch', '-notext', '-config', file('config'), ...dates, ...by, ...what);
  return readFile(file('crt'), 'utf8');
}

export function certificate(wanted: Wanted): Promise<Pair> {
  return inScratch(async (dir) => {
    await request(dir, wanted.name, wanted.key ?? 'ec');
    return { cert: await sign(dir, wanted), key: await readFile(join(dir, 'key'), 'utf8') };
  });
}

export function csrFor(name: string): Promise<{ readonly csr: string; readonly key: string }> {
  return inScratch(async (dir) => {
    await request(dir, name, 'ec');
    const read = (file: string): Promise<string> => readFile(join(dir, file), 'utf8');
    return { csr: await read('csr'), key: await read('key') };
  });
}

export function signed(csr: string, wanted: Wanted): Promise<string> {
  return inScratch(async (dir) => {
    await writeFile(join(dir, 'csr'), csr);
    return sign(dir, wanted);
  });
}
