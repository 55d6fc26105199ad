// The recorded manifests, with certificates in them and the label that makes the lab run their pods.
import { parseAllDocuments } from 'yaml';
import { manifest } from '../install.ts';
import { REAL_LABEL } from '../paths.ts';
import { sha256, type Certificates, type Serving } from './certificates.ts';
import type { Pair } from './openssl.ts';

type Template = {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
};
export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  webhooks?: { clientConfig: { caBundle?: string } }[];
  spec?: { template?: Template; caBundle?: string };
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Whose certificate a webhook configuration, or the APIService, trusts. */
const TRUSTS: Readonly<Record<string, Serving>> = {
  'linkerd-proxy-injector-webhook-config': 'linkerd-proxy-injector-k8s-tls',
  'linkerd-sp-validator-webhook-config': 'linkerd-sp-validator-k8s-tls',
  'linkerd-policy-validator-webhook-config': 'linkerd-policy-validator-k8s-tls',
  'linkerd-tap-injector-webhook-config': 'tap-injector-k8s-tls',
  'v1alpha1.tap.linkerd.io': 'tap-k8s-tls',
};

export const issuerData = ({ cert, key }: Pair): Record<string, string> => ({
  'crt.pem': base64(cert),
  'key.pem': base64(key),
});
export const servingData = ({ cert, key }: Pair): Record<string, string> => ({
  'tls.crt': base64(cert),
  'tls.key': base64(key),
});

/** As upstream writes it into the values: every line indented under its key. */
const indented = (text: string, by: number): string =>
  `|\n${text.trimEnd().replace(/^/gm, ' '.repeat(by))}`;

function fillData(object: Manifest, all: Certificates): void {
  const { name } = object.metadata;
  const { data } = object;
  if (!data) return;
  if (name === 'linkerd-identity-issuer') object.data = issuerData(all.issuer);
  if (name in all.serving) object.data = servingData(all.serving[name as Serving]);
  if (name === 'linkerd-identity-trust-roots') data['ca-bundle.crt'] = all.anchor.cert;
  if (name === 'linkerd-config') {
    data['values'] = (data['values'] ?? '')
      .replace(/crtPEM: \|-\n +ISSUER/, `crtPEM: ${indented(all.issuer.cert, 8)}`)
      .replace(
        /identityTrustAnchorsPEM: \|-\n +ANCHORS/,
        `identityTrustAnchorsPEM: ${indented(all.anchor.cert, 2)}`,
      );
  }
}

function fill(object: Manifest, all: Certificates): Manifest {
  fillData(object, all);
  const trusts = TRUSTS[object.metadata.name];
  if (trusts) {
    const caBundle = base64(all.serving[trusts].cert);
    for (const { clientConfig } of object.webhooks ?? []) clientConfig.caBundle = caBundle;
    if (object.kind === 'APIService' && object.spec) object.spec.caBundle = caBundle;
  }
  const template = object.spec?.template?.metadata;
  if (template) {
    template.labels[REAL_LABEL] = 'real';
    const sha = 'linkerd.io/trust-root-sha256';
    if (template.annotations && sha in template.annotations) {
      template.annotations[sha] = sha256(all.anchor.cert);
    }
  }
  return object;
}

export async function filled(file: string, all: Certificates): Promise<readonly Manifest[]> {
  const documents = parseAllDocuments(await manifest(file));
  return documents
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null)
    .map((object) => fill(object, all));
}

/** One list, as kubectl takes it. */
export const listOf = (items: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
