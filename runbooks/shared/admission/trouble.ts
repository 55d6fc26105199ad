// Why the API server gets no usable answer from a webhook, and what then happens to pods.
import type { Found } from '../../../src/authoring.ts';
import { outageOf, type BackendState } from '../../../src/facts/kube/webhook-backend.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { MutatingWebhook } from '../../../src/model/kube/webhook.ts';
import type { Failing, Mesh, Trouble, View } from './mesh.ts';

/** Each Service that webhooks call, once. */
export function servicesOf(webhooks: readonly MutatingWebhook[] = []) {
  const found = webhooks.flatMap(({ backend: to }) =>
    to.is === 'service' ? [{ namespace: to.namespace, name: to.name, port: to.port }] : [],
  );
  return distinct(found);
}

export function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** Nothing at its Service can answer; `behind`: what is known about the pods that should answer. */
export function outageAt(
  services: readonly BackendState[],
  { backend: to }: MutatingWebhook,
  behind: string | undefined,
): Trouble | undefined {
  const mine =
    to.is === 'service'
      ? services.find((one) => one.namespace === to.namespace && one.name === to.name)
      : undefined;
  const why = mine && outageOf(mine);
  if (why === undefined) return undefined;
  return { is: 'outage', why: behind === undefined ? why : `${behind}; ${why}` };
}

/** Why a webhook fails that refuses pods while it does. */
export function closingTrouble<V extends View, W extends MutatingWebhook>(
  mesh: Mesh<V, W>,
  view: V,
  webhook: W,
): Trouble | undefined {
  return webhook.failurePolicy === 'Fail' ? mesh.troubleOf(view, webhook) : undefined;
}

/** Without a trouble that shows now, it is the only explanation left for a pod without a proxy. */
export function failingOpen<V extends View, W extends MutatingWebhook>(
  mesh: Mesh<V, W>,
  { subject, webhook, ...failing }: Failing<V, W> & { subject: Subject; webhook: W },
  sure: boolean,
): Found {
  const { view, trouble } = failing;
  const { injector, proxy } = mesh.words;
  const slots = {
    subject: subject.text,
    configuration: webhook.configuration,
    why: trouble?.why ?? `nothing else explains the missing ${proxy}`,
    bundle: trouble?.is === 'untrusted' ? mesh.keeper(webhook) : undefined,
  };
  const note = `Only after ${injector} answers again: until then, a new pod gets no ${proxy} either.`;
  const fixes = mesh.mend({ subject, webhook, ...failing });
  // Until something is changed, a restart changes nothing: it comes when the cause has been found.
  const isChanged = trouble === undefined || fixes.some(({ risk }) => risk !== 'reads');
  const renew = isChanged ? [{ ...mesh.fixes.renew(subject), note, turn: 'then' as const }] : [];
  return mesh.tell('failing-open', slots, {
    from: [...view.answering, ...view.from],
    sure,
    fixes: [...fixes, ...renew],
  });
}
