// Words that differ between a sidecar and a gateway.
import { listed } from '../../../core/text.ts';
import type { World } from './world.ts';

/** Whose requests a consequence is about. */
export function requests(world: World): string {
  return world.router ? 'Requests through this gateway' : "This pod's requests";
}

/** What becomes of requests for hosts that a gateway has no route for. */
export function notFound(hosts: readonly string[]): string {
  return `This gateway has no route from it: requests to ${listed([...new Set(hosts)])} get 404 (NR).`;
}
