// The parts of Linkerd's control plane.
import type { Component, LinkerdControlPlane } from '../../facts/linkerd/control-plane.ts';

/** The parts of one kind: `identity`, `destination`, `proxy-injector`. */
export function componentOf(
  { components }: LinkerdControlPlane,
  component: string,
): Component | undefined {
  return components.find((one) => one.component === component);
}
