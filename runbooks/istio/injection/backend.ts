// What would answer a webhook.
import { valueOf, type Rest } from '../../../src/authoring.ts';
import type { Webhook } from '../../../src/model/istio/inject/webhook.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import { rootOf, type View } from './view.ts';

export type Backend = {
  /** A URL has no Service to look at. */
  readonly service: string | undefined;
  readonly root: string;
  readonly deployment: string;
  readonly configuration: string;
  /** Nobody can answer, for its Deployment wants no pods. */
  readonly scaledToZero: boolean;
};

/** Why a webhook that new pods are sent to gave no answer. `by` is not known where the webhook of an event is gone. */
export type FailedCall = {
  readonly subject: Subject;
  readonly by: Webhook | undefined;
  readonly why: string;
  readonly rest: Rest;
};

/** A webhook that is not there any more is taken for one of the default revision. */
export function backendOf(view: View, webhook: Webhook | undefined): Backend {
  const revision = webhook?.revision ?? 'default';
  return {
    service: webhook?.backend.is === 'service' ? webhook.backend.name : undefined,
    root: rootOf(view, webhook),
    deployment: revision === 'default' ? 'istiod' : `istiod-${revision}`,
    configuration: webhook?.configuration ?? '',
    scaledToZero: webhook !== undefined && scaledDown(view, webhook) !== undefined,
  };
}

/** Why no istiod of its revision is there, as a clause. */
export function istiodTrouble(view: View, webhook: Webhook): string | undefined {
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
