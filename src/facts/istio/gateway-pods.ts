// Gateways near a gateway pod whose selector fits no pod at all.
import type { Ports } from '../../core/ports.ts';
import type { ListQuestion } from '../../core/question.ts';
import { fits, readRouter } from '../../model/istio/effect/router.ts';
import type { Gateway } from '../../model/istio/effect/gateway.ts';
import type { NoPods, Scene } from '../../model/istio/effect/scene.ts';
import { pods } from '../kube/kinds.ts';

const most = 5;

export async function gatewaysWithoutPods(
  ports: Ports,
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly NoPods[]> {
  const near = (readRouter(scene)?.all ?? []).filter((one) => isNear(one, scene)).slice(0, most);
  const found = await Promise.all(near.map((gateway) => withoutPods(ports, gateway, signal)));
  return found.flatMap((one) => one ?? []);
}

/** It selects by a label that this pod has with another value, so this pod may be the one that is meant. */
function isNear(gateway: Gateway, scene: Scene): boolean {
  const { labels } = scene.pod;
  return !fits(gateway, scene) && Object.keys(gateway.selector).some((key) => key in labels);
}

async function withoutPods(
  ports: Ports,
  { id, namespace, selector }: Gateway,
  signal: AbortSignal,
): Promise<NoPods | undefined> {
  const labels = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const all: ListQuestion = { ask: 'list', resource: pods, labels, limit: 1 };
  const reply = await ports.ask(all, signal);
  if (reply.ok) return reply.value.items.length > 0 ? undefined : { gateway: id, lookedIn: 'all' };
  const here = await ports.ask({ ...all, namespace }, signal);
  const none = here.ok && here.value.items.length === 0;
  return none ? { gateway: id, lookedIn: [namespace] } : undefined;
}
