// Whether the API server can trust what answers the webhook (kubernetes apiserver pkg/util/webhook/client.go; Go's
// crypto/x509 takes a certificate that is itself in the bundle, which is how Helm installs Linkerd's).
import { isForeign } from '../../certificates/trust.ts';
import { isSignedBy, readCertificates, type Certificate } from '../../certificates/x509.ts';
import { serverNameOf, type Webhook } from './webhook.ts';

export type Trust =
  | { readonly is: 'fine' }
  | { readonly is: 'empty' }
  | { readonly is: 'unreadable' }
  | { readonly is: 'expired'; readonly until: number }
  /** The certificate that is served has expired, or is not valid yet. */
  | { readonly is: 'served-expired'; readonly until: number }
  | { readonly is: 'served-too-new'; readonly from: number }
  | { readonly is: 'foreign'; readonly subject: string }
  | { readonly is: 'wrong-name'; readonly names: readonly string[]; readonly wanted: string };

/** `served` is the chain of the handshake, the leaf first; undefined when none was seen. */
export function trustOf(
  webhook: Pick<Webhook, 'caBundle' | 'backend'> & Parameters<typeof serverNameOf>[0],
  served: readonly Certificate[] | undefined,
  now: number,
): Trust {
  const { caBundle, backend } = webhook;
  // A URL may have a public certificate and needs no bundle then.
  if (caBundle.trim() === '') return backend.is === 'url' ? { is: 'fine' } : { is: 'empty' };
  const bundle = readCertificates(caBundle);
  if (bundle.length === 0) return { is: 'unreadable' };
  const newest = Math.max(...bundle.map(({ until }) => until));
  if (newest <= now) return { is: 'expired', until: newest };
  return ofServed(served ?? [], bundle, serverNameOf(webhook), now);
}

function ofServed(
  chain: readonly Certificate[],
  bundle: readonly Certificate[],
  wanted: string | undefined,
  now: number,
): Trust {
  const [leaf, ...issuers] = chain;
  if (!leaf) return { is: 'fine' };
  if (leaf.until <= now) return { is: 'served-expired', until: leaf.until };
  if (leaf.from > now) return { is: 'served-too-new', from: leaf.from };
  if (isForeign({ leaf, issuers, now }, bundle)) return { is: 'foreign', subject: leaf.subject };
  if (wanted !== undefined && !leaf.names.includes(wanted)) {
    return { is: 'wrong-name', names: leaf.names, wanted };
  }
  return { is: 'fine' };
}

/** PEM with which the API server would trust what is served: the last of its chain; undefined if that would not help. */
export function bundleFor(
  served: readonly Certificate[] | undefined,
  now: number,
): string | undefined {
  const [leaf] = served ?? [];
  const last = served?.at(-1);
  if (!leaf || !last || leaf.until <= now || last.until <= now) return undefined;
  const selfSigned = isSignedBy(last, last);
  return selfSigned ? last.pem : undefined;
}
