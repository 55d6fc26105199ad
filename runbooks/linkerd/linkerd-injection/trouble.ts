// Why the API server gets no answer from the webhook that it trusts, in words.
import { listed, valueOf } from '../../../src/authoring.ts';
import { injectorTrouble } from '../../../src/model/linkerd/inject/plane.ts';
import { trustOf } from '../../../src/model/linkerd/inject/trust.ts';
import type { Webhook } from '../../../src/model/linkerd/inject/webhook.ts';
import type * as admission from '../../shared/admission/mesh.ts';
import { outageAt } from '../../shared/admission/trouble.ts';
import { bundleText } from '../../shared/admission/untrusted.ts';
import type { View } from './view.ts';

export type Failing = admission.Failing<View, Webhook>;

/** What the webhook calls; a URL has no Service to look at. */
export function injectorAt({ webhook, view: { plane } }: Failing) {
  const to = webhook?.backend;
  return to?.is === 'service'
    ? { service: to.name, root: to.namespace, deployment: to.name }
    : { root: valueOf(plane)?.namespace ?? 'linkerd', deployment: 'linkerd-proxy-injector' };
}

export function troubleOf(view: View, webhook: Webhook): admission.Trouble | undefined {
  const outage = outageAt(view.services, webhook, injectorTrouble(valueOf(view.plane)));
  if (outage) return outage;
  if (trustOf(webhook, view.served, view.now).is !== 'fine') {
    return { is: 'untrusted', why: trustText(view, webhook) };
  }
  const why = `port 8443 is closed to the API server by NetworkPolicy ${listed(view.shut)}, unless the network plugin exempts the API server`;
  return view.shut.length > 0 ? { is: 'blocked', why } : undefined;
}

export function trustText({ served, now }: View, webhook: Webhook): string {
  const trust = trustOf(webhook, served, now);
  switch (trust.is) {
    case 'fine':
      return 'caBundle matches what the injector serves now';
    case 'served-expired':
      return `the injector's certificate expired at ${iso(trust.until)}`;
    case 'served-too-new':
      return `the injector's certificate is not valid before ${iso(trust.from)}`;
    case 'foreign':
      return `caBundle did not sign the injector's certificate (${trust.subject || 'no subject'})`;
    case 'wrong-name':
      return `the injector's certificate is for ${listed(trust.names) || 'no name'}, not for ${trust.wanted}`;
    default:
      return bundleText(trust);
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function keeper({ bundleBy }: Webhook): string {
  return bundleBy === 'cert-manager'
    ? 'cert-manager writes this caBundle (see the annotation on the webhook).'
    : 'Helm and the CLI copy the serving certificate into caBundle, and it is valid for 365 days.';
}
