// What should answer a webhook, and why the API server gets no answer that it trusts.
import { valueOf } from '../../../src/authoring.ts';
import { trustOf, type Trust } from '../../../src/model/istio/inject/trust.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { Trouble } from '../../shared/admission/mesh.ts';
import { outageAt } from '../../shared/admission/trouble.ts';
import { bundleText } from '../../shared/admission/untrusted.ts';
import { rootOf, type View } from './view.ts';

/** A webhook that is gone is taken for one of the default revision. */
export function istiodOf(view: View, webhook: Webhook | undefined) {
  const revision = webhook?.revision ?? 'default';
  return {
    root: rootOf(view, webhook),
    deployment: revision === 'default' ? 'istiod' : `istiod-${revision}`,
    scaledToZero: webhook !== undefined && scaledDown(view, webhook) !== undefined,
  };
}

export function troubleOf(view: View, webhook: Webhook): Trouble | undefined {
  const services = (view.backends?.services ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const outage = outageAt(services, webhook, istiodTrouble(view, webhook));
  if (outage) return outage;
  const trust = trustIn(view, webhook);
  return isBroken(trust) ? { is: 'untrusted', why: trustText(trust) } : undefined;
}

/** Of an install that is gone: its Service is, while another webhook has one. */
export function isLeftover(view: View, webhook: Webhook): boolean {
  const services = (view.backends?.services ?? []).flatMap((answer) => valueOf(answer) ?? []);
  const isGone = ({ backend: to }: Webhook): boolean | undefined => {
    if (to.is !== 'service') return undefined;
    const own = services.find(
      ({ namespace, name }) => namespace === to.namespace && name === to.name,
    );
    return own && own.service.is === 'missing';
  };
  return isGone(webhook) === true && view.world.webhooks.some((one) => isGone(one) === false);
}

/** Why no istiod of its revision answers, as a clause. */
function istiodTrouble(view: View, webhook: Webhook): string | undefined {
  const scaled = scaledDown(view, webhook);
  if (scaled) return `Deployment ${scaled.name} is scaled to 0`;
  const istiods = valueOf(view.backends?.plane)?.istiods ?? [];
  const down = istiods.find((i) => i.revision === webhook.revision && !i.ready);
  return down?.trouble === undefined ? undefined : `${down.pod.ref.name}: ${down.trouble}`;
}

function scaledDown({ backends }: View, { revision }: Webhook) {
  const deployments = valueOf(backends?.plane)?.deployments ?? [];
  return deployments.find((d) => d.revision === revision && d.wanted === 0);
}

export function trustIn(view: View, webhook: Webhook): Trust {
  return trustOf(webhook, valueOf(view.backends?.root), view.now);
}

/** A root other than the mesh's may be right, with a custom certificate: only an event shows that it is not. */
function isBroken({ is }: Trust): boolean {
  return is === 'empty' || is === 'unreadable' || is === 'expired';
}

export function trustText(trust: Trust): string {
  switch (trust.is) {
    case 'fine':
      return "caBundle is the mesh's root, so another root signed the certificate that istiod serves";
    case 'foreign':
      return `caBundle holds another root (${trust.subject || 'no subject'}) than ConfigMap istio-ca-root-cert`;
    default:
      return bundleText(trust);
  }
}
