// The mTLS mode that PeerAuthentications leave in force for a container port of the point.
import type { PeerMode, Scene } from './types.ts';

export function peerMode(_scene: Scene, _port: number): PeerMode {
  return { mode: 'PERMISSIVE', by: { level: 'default' }, losers: [] };
}
