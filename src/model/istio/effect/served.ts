// The VirtualServices and their delegates that a gateway pod serves, before any Service is known.
import type { KubeObject } from '../../../core/object.ts';
import { byNameOf } from './delegate.ts';
import { bindings, readRouter } from './router.ts';
import type { Scene } from './scene.ts';
import { readVirtualService } from './virtual-service.ts';

/** None for a sidecar. */
export function servedBy(scene: Scene): ReadonlySet<KubeObject> {
  const router = readRouter(scene);
  if (!router) return new Set();
  const all = scene.virtualServices.map((object) => readVirtualService(object, scene));
  const byName = byNameOf(all);
  return new Set(
    all
      .filter((vs) => bindings(router, vs).length > 0)
      .flatMap((vs) => [
        vs.object,
        ...vs.http.flatMap(({ delegate }) => {
          const found = delegate && byName.get(`${delegate.namespace}/${delegate.name}`);
          return found ? [found.object] : [];
        }),
      ]),
  );
}
