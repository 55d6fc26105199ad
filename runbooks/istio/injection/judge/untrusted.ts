// A webhook that answers with a certificate the API server does not trust.
import { valueOf, type Found } from '../../../../src/authoring.ts';
import { trustOf, type Trust } from '../../../../src/model/istio/inject/trust.ts';
import type { Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import { backendOf, type FailedCall } from '../backend.ts';
import { labelConfiguration, readBundle, restartIstiod } from '../fixes/webhook.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';

export function trustIn(view: View, webhook: Webhook): Trust {
  return trustOf(webhook, valueOf(view.backends?.root), view.now);
}

/** Another root than the mesh's can be right: a certificate of one's own. An event must say that it is not. */
export function isBroken({ is }: Trust): boolean {
  return is === 'empty' || is === 'unreadable' || is === 'expired';
}

export function untrusted(view: View, { subject, by, why, rest }: FailedCall): Found {
  const backend = backendOf(view, by);
  const sign =
    by && !by.kept
      ? labelConfiguration(subject, by.configuration, by.revision)
      : restartIstiod(subject, backend);
  const bundle = by && trustText(trustIn(view, by));
  return tell(
    'webhook-untrusted',
    { subject: subject.text, why, bundle },
    { ...rest, fixes: [readBundle(subject, backend), sign] },
  );
}

export function trustText(trust: Trust): string {
  switch (trust.is) {
    case 'fine':
      return "Its caBundle is the mesh's root, so what istiod shows is signed by another.";
    case 'empty':
      return 'Its caBundle is empty, so the API server trusts public certificates alone.';
    case 'unreadable':
      return 'Its caBundle holds no certificate that can be read.';
    case 'expired':
      return `Its caBundle expired at ${new Date(trust.until).toISOString()}.`;
    case 'foreign':
      return `Its caBundle is of another root (${trust.subject || 'no subject'}) than the one in ConfigMap istio-ca-root-cert.`;
  }
}
