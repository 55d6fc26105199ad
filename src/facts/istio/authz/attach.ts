// Which AuthorizationPolicies are in force at the point, and why the others are not.
import type { Attached, Scene } from './types.ts';

export function attach(_scene: Scene): readonly Attached[] {
  return [];
}
