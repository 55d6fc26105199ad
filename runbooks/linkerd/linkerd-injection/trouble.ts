// Why the API server cannot get an answer from the webhook that it trusts, and how that is said.
import { listed, valueOf } from '../../../src/authoring.ts';
import { outageOf } from '../../../src/facts/kube/webhook-backend.ts';
import { injectorOf, injectorTrouble } from '../../../src/model/linkerd/inject/plane.ts';
import { trustOf, type Trust } from '../../../src/model/linkerd/inject/trust.ts';
import type { Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import type { View } from './view.ts';

export type Trouble =
  | { readonly is: 'outage'; readonly why: string; readonly scaled: boolean }
  | { readonly is: 'untrusted'; readonly trust: Trust }
  /** By NetworkPolicies, which many network plugins do not hold the API server to: likely, at most. */
  | { readonly is: 'blocked'; readonly policies: readonly string[] };

export function troubleOf(view: View, webhook: Webhook): Trouble | undefined {
  const { backend: to } = webhook;
  const plane = valueOf(view.plane);
  const mine =
    to.is === 'service'
      ? view.services.find((s) => s.namespace === to.namespace && s.name === to.name)
      : undefined;
  const why = mine && outageOf(mine);
  if (why !== undefined) {
    const behind = injectorTrouble(plane);
    const scaled = injectorOf(plane)?.wanted === 0;
    return { is: 'outage', why: behind === undefined ? why : `${why} (${behind})`, scaled };
  }
  const trust = trustOf(webhook, view.served, view.now);
  if (trust.is !== 'fine') return { is: 'untrusted', trust };
  return view.shut.length > 0 ? { is: 'blocked', policies: view.shut } : undefined;
}

/** As a clause. */
export function troubleText(trouble: Trouble): string {
  switch (trouble.is) {
    case 'outage':
      return trouble.why;
    case 'untrusted':
      return trustText(trouble.trust);
    case 'blocked':
      return `NetworkPolicy ${listed(trouble.policies)} lets no API server reach port 8443, unless the network plugin exempts it`;
  }
}

export function trustText(trust: Trust): string {
  switch (trust.is) {
    case 'fine':
      return 'its caBundle is what the injector serves now';
    case 'empty':
      return 'its caBundle is empty, so the API server trusts public certificates alone';
    case 'unreadable':
      return 'its caBundle holds no certificate that can be read';
    case 'expired':
      return `its caBundle expired at ${iso(trust.until)}`;
    case 'served-expired':
      return `the certificate that the injector serves expired at ${iso(trust.until)}`;
    case 'served-too-new':
      return `the certificate that the injector serves is not valid before ${iso(trust.from)}`;
    case 'foreign':
      return `its caBundle did not sign the certificate that the injector serves (${trust.subject || 'no subject'})`;
    case 'wrong-name':
      return `the injector serves a certificate for ${listed(trust.names) || 'no name'}, not for ${trust.wanted}`;
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Who keeps the bundle, where the bundle is what is wrong. */
export function bundleText(webhook: Webhook, trouble: Trouble): string | undefined {
  if (trouble.is !== 'untrusted') return undefined;
  return webhook.bundleBy === 'cert-manager'
    ? 'cert-manager writes this caBundle, by an annotation on the webhook.'
    : 'Helm and the CLI write a caBundle that is the serving certificate itself, good for 365 days.';
}
