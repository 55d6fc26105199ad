// The mTLS mode that PeerAuthentications leave in force for a container port of the point
// (istio/istio pilot/pkg/security/authn/policy_applier.go ComposePeerAuthentication).
import type { KubeObject } from '../../../core/object.ts';
import { matchesAll, type Labels } from '../../kube/labels.ts';
import { labelsAt, record, text } from '../../kube/read.ts';
import { refOf } from './parse.ts';
import type { MtlsMode, PeerLoser, PeerMode, Scene } from './types.ts';

type Level = 'mesh' | 'namespace' | 'workload';
type Peer = {
  readonly object: KubeObject;
  readonly level: Level;
  /** `undefined`: UNSET, which inherits. */
  readonly mode: MtlsMode | undefined;
  readonly ports: Readonly<Record<string, MtlsMode | undefined>>;
};
type Winner = { readonly mode: MtlsMode; readonly by: PeerMode['by'] };

const levels: readonly Level[] = ['mesh', 'namespace', 'workload'];

export function peerMode(scene: Scene, port: number): PeerMode {
  const sorted = [...scene.peerAuthentications].sort(byAge);
  const reads = sorted.map((object) => readPeer(object, scene));
  const peers = reads.flatMap((read) => (read.is === 'peer' ? [read.peer] : []));
  const oldest = levels.flatMap((level) => peers.find((peer) => peer.level === level) ?? []);
  const winner = compose(oldest, port);
  return {
    ...winner,
    losers: [
      ...reads.flatMap((read) => (read.is === 'loser' ? [read.loser] : [])),
      ...peers.flatMap((peer) => loserOf(peer, oldest, winner, port)),
    ],
  };
}

/** Mesh, then namespace, then workload, then its port: each overrides or inherits. */
function compose(oldest: readonly Peer[], port: number): Winner {
  let winner: Winner = { mode: 'PERMISSIVE', by: { level: 'default' } };
  for (const peer of oldest) {
    const policy = refOf(peer.object);
    if (peer.mode !== undefined) winner = { mode: peer.mode, by: { level: peer.level, policy } };
    const atPort = peer.level === 'workload' ? peer.ports[String(port)] : undefined;
    if (atPort !== undefined) winner = { mode: atPort, by: { level: 'port', policy } };
  }
  return winner;
}

type Read =
  | { readonly is: 'peer'; readonly peer: Peer }
  | { readonly is: 'loser'; readonly loser: PeerLoser }
  | { readonly is: 'elsewhere' };

function readPeer(object: KubeObject, { root, point }: Scene): Read {
  const namespace = object.metadata.namespace ?? '';
  if (namespace !== root && namespace !== point.namespace) return { is: 'elsewhere' };
  const selector = labelsAt(object.spec, 'selector', 'matchLabels');
  const selects = Object.keys(selector).length > 0;
  const loser = (why: PeerLoser['why']): Read => ({
    is: 'loser',
    loser: { policy: refOf(object), why },
  });
  if (selects && namespace === root) return loser({ is: 'selector-in-root' });
  if (selects && !matchesAll(selector, point.labels)) {
    return loser({ is: 'selector', differs: differing(selector, point.labels) });
  }
  const level = selects ? 'workload' : namespace === root ? 'mesh' : 'namespace';
  const ports = Object.entries(record(object.spec, 'portLevelMtls')).map(
    ([port, mtls]) => [port, modeOf(mtls)] as const,
  );
  const mode = modeOf(record(object.spec, 'mtls'));
  return { is: 'peer', peer: { object, level, mode, ports: Object.fromEntries(ports) } };
}

function modeOf(mtls: unknown): MtlsMode | undefined {
  const mode = text(mtls, 'mode');
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}

export function differing(wanted: Labels, labels: Labels): Labels {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => labels[key] !== value));
}

function loserOf(
  peer: Peer,
  oldest: readonly Peer[],
  winner: Winner,
  port: number,
): readonly PeerLoser[] {
  const policy = refOf(peer.object);
  const first = oldest.find((other) => other.level === peer.level);
  if (first !== undefined && first !== peer) {
    return [{ policy, why: { is: 'newer', than: refOf(first.object) } }];
  }
  const ignoredPort: PeerLoser[] =
    peer.level !== 'workload' && peer.ports[String(port)] !== undefined
      ? [{ policy, why: { is: 'port-without-selector' } }]
      : [];
  if (wins(peer, winner)) return ignoredPort;
  const why =
    peer.mode === undefined ? ({ is: 'unset' } as const) : ({ is: 'overridden' } as const);
  return [...ignoredPort, { policy, why }];
}

function wins(peer: Peer, { by }: Winner): boolean {
  const { namespace, name } = refOf(peer.object);
  return by.level !== 'default' && by.policy.namespace === namespace && by.policy.name === name;
}

// pilot/pkg/model/config.go sortConfigByCreationTime: within one second, by name, then by namespace.
export function byAge(a: KubeObject, b: KubeObject): number {
  return (
    compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compare(a.metadata.name, b.metadata.name) ||
    compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '')
  );
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
