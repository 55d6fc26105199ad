// Whether a gateway pod serves Gateways of every namespace.
import type { Ports } from '../../core/ports.ts';
import { readPod } from '../kube/pod.ts';
import { istiodPods } from './istiods.ts';

/** `mesh`, istiod's default, also when istiod's pods could not be listed. */
export async function gatewayScope(
  ports: Ports,
  root: string,
  signal: AbortSignal,
): Promise<'mesh' | 'namespace'> {
  const reply = await ports.ask(istiodPods(root), signal);
  const containers = reply.ok
    ? reply.value.items.flatMap((object) => readPod(object).containers)
    : [];
  // istio/istio pilot/pkg/features/pilot.go ScopeGatewayToNamespace
  const held = containers.some(({ env }) => env['PILOT_SCOPE_GATEWAY_TO_NAMESPACE'] === 'true');
  return held ? 'namespace' : 'mesh';
}
