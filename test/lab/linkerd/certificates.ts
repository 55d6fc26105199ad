// The certificates of an installation, made once for each lab and kept with its state: a fault needs the issuer's key.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inState } from '../paths.ts';
import { certificate, DAY_MS, type Pair } from './openssl.ts';

const FILE = inState('linkerd', 'certificates.json');
const YEAR = 365 * DAY_MS;

export const HOSTS = {
  'linkerd-proxy-injector-k8s-tls': 'linkerd-proxy-injector.linkerd.svc',
  'linkerd-sp-validator-k8s-tls': 'linkerd-sp-validator.linkerd.svc',
  'linkerd-policy-validator-k8s-tls': 'linkerd-policy-validator.linkerd.svc',
  'tap-k8s-tls': 'tap.linkerd-viz.svc',
  'tap-injector-k8s-tls': 'tap-injector.linkerd-viz.svc',
} as const;
export type Serving = keyof typeof HOSTS;

export type Certificates = {
  readonly anchor: Pair;
  readonly issuer: Pair;
  readonly serving: Readonly<Record<Serving, Pair>>;
};

export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** `root.linkerd.cluster.local`, as the documentation's `step` command makes it. */
export const makeAnchor = (from?: Date, to = inDays(3650)): Promise<Pair> =>
  certificate({ name: 'root.linkerd.cluster.local', ca: true, to, ...(from ? { from } : {}) });

export const makeIssuer = (anchor: Pair, from?: Date, to = inDays(365)): Promise<Pair> =>
  certificate({
    name: 'identity.linkerd.cluster.local',
    ca: true,
    issuer: anchor,
    to,
    ...(from ? { from } : {}),
  });

/** Signed by itself for a year, as Helm's genSelfSignedCert does: the bundle of the webhook is the certificate. */
export const makeServing = (name: Serving, from?: Date, to = inDays(365)): Promise<Pair> =>
  certificate({ name: HOSTS[name], key: 'rsa', to, ...(from ? { from } : {}) });

async function make(): Promise<Certificates> {
  const anchor = await makeAnchor();
  const names = Object.keys(HOSTS) as Serving[];
  const [issuer, ...serving] = await Promise.all([
    makeIssuer(anchor),
    ...names.map((name) => makeServing(name, new Date(), new Date(Date.now() + YEAR))),
  ]);
  const pairs = Object.fromEntries(names.map((name, at) => [name, serving[at]]));
  return { anchor, issuer, serving: pairs as Record<Serving, Pair> };
}

export async function certificates(): Promise<Certificates> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Certificates;
  const made = await make();
  await mkdir(dirname(FILE), { recursive: true });
  await writeFile(FILE, JSON.stringify(made), { mode: 0o600 });
  return made;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
