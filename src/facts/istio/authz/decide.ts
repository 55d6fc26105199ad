// The decision in the proxy's own order: CUSTOM, JWT, AUDIT, DENY, ALLOW.
import type { Decision, Request, Scene } from './types.ts';

export function decide(_scene: Scene, _request: Request): Decision {
  return {
    outcome: { is: 'allowed', by: 'no-allow-policy' },
    attached: [],
    audits: [],
    asks: [],
    dryRun: [],
  };
}
