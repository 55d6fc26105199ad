// Everything that is judged, with its answers for evidence.
import { valueOf, type Seen } from '../../../src/authoring.ts';
import type { Scene } from '../../../src/model/istio/authz/types.ts';
import type { Gathered } from './checks.ts';
import type { Input } from '../../shared/request.ts';
import { inProxy, pointOf, sceneOf, type InProxy, type Picture } from './picture.ts';

export type Known = {
  readonly picture: Picture;
  readonly scene: Scene;
  readonly proxy: InProxy;
  readonly policies: Seen;
  readonly seen: Gathered;
};

export function knownOf({ dst, root }: Input, seen: Gathered): Known | undefined {
  const pod = valueOf(seen.destination?.about);
  const point = pod && pointOf(pod);
  const { policies } = seen;
  if (!pod || !point || policies?.kind !== 'known') return undefined;
  const picture: Picture = {
    destination: dst,
    pod,
    services: valueOf(seen.destination?.services),
    mesh: valueOf(seen.mesh),
    policies: policies.value,
    proxy: valueOf(seen.proxy),
    root,
    now: Date.parse(policies.evidence.at),
  };
  const scene = sceneOf(picture, point);
  return { picture, scene, proxy: inProxy(picture, scene), policies, seen };
}
