// Whether the API server can trust what answers a webhook.
import type { Certificate } from '../../certificates/x509.ts';
import { readCertificates } from '../../certificates/x509.ts';
import type { Webhook } from './webhook.ts';

export type Trust =
  | { readonly is: 'fine' }
  | { readonly is: 'empty' }
  | { readonly is: 'unreadable' }
  | { readonly is: 'expired'; readonly until: number }
  /** Another root than the mesh's: this alone proves nothing, as a custom certificate has one too. */
  | { readonly is: 'foreign'; readonly subject: string };

/** `root` is undefined when it is unknown. A URL may have a public certificate and needs no bundle then. */
export function trustOf(
  { caBundle, backend }: Webhook,
  root: readonly Certificate[] | undefined,
  now: number,
): Trust {
  if (caBundle.trim() === '') return backend.is === 'url' ? { is: 'fine' } : { is: 'empty' };
  const bundle = readCertificates(caBundle);
  const [first] = bundle;
  if (!first) return { is: 'unreadable' };
  const newest = Math.max(...bundle.map(({ until }) => until));
  if (newest <= now) return { is: 'expired', until: newest };
  const known = new Set(root?.map(({ fingerprint }) => fingerprint));
  const foreign = known.size > 0 && !bundle.some(({ fingerprint }) => known.has(fingerprint));
  return foreign ? { is: 'foreign', subject: first.subject } : { is: 'fine' };
}
