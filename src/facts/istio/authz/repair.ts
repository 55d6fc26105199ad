// The smallest change of policy that lets exactly one request through.
import type { Decision, Repair, Request, Scene } from './types.ts';

/** Safest first. */
export function repair(_scene: Scene, _request: Request, _decision: Decision): readonly Repair[] {
  return [];
}
