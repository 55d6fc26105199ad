// Generated PeerAuthentications, and the mTLS mode that a proxy really has for a port.
import fc from 'fast-check';
import type { KubeObject } from '../../../src/core/object.ts';
import type { MtlsMode } from '../../../src/model/istio/authz/types.ts';
import { at, list, number } from '../../../src/model/kube/read.ts';
import { root } from '../../model/istio/authz/arbitrary.ts';
import { getJson } from '../cluster.ts';
import type { Lab } from '../lab.ts';
import { sleep } from '../sh.ts';
import { namespaces, ports, type Destination } from './field.ts';
import { create } from './rounds.ts';

const mode = fc.constantFrom('UNSET', 'STRICT', 'STRICT', 'PERMISSIVE', 'DISABLE');
const mtls = fc.option(
  mode.map((one) => ({ mode: one })),
  { freq: 4, nil: undefined },
);
const selector = fc.constantFrom(
  undefined,
  { app: 'dest' },
  { app: 'dest' },
  { app: 'dest', version: 'v1' },
  { app: 'other' },
);
/** 80 is the Service's port, which means nothing here. */
const portLevel = fc.option(
  fc.dictionary(
    fc.constantFrom('8080', '9090', '80'),
    mode.map((one) => ({ mode: one })),
    { minKeys: 1, maxKeys: 2 },
  ),
  { freq: 2, nil: undefined },
);

const peer = (namespace: string): fc.Arbitrary<KubeObject> =>
  fc
    .record({ name: fc.stringMatching(/^[a-z]{4}$/), mtls, selector, portLevel })
    .map(({ name, mtls: own, selector: wanted, portLevel: levels }) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name, namespace },
      spec: {
        ...(own === undefined ? {} : { mtls: own }),
        ...(wanted === undefined ? {} : { selector: { matchLabels: wanted } }),
        // The server refuses them without a selector.
        ...(levels === undefined || wanted === undefined ? {} : { portLevelMtls: levels }),
      },
    }));

const several = (namespace: string, maxLength: number): fc.Arbitrary<readonly KubeObject[]> =>
  fc.uniqueArray(peer(namespace), {
    maxLength,
    selector: ({ metadata }) => metadata.name,
  });

/** For the mesh and for each namespace. */
export const somePeers = fc
  .tuple(several(root, 2), ...namespaces.map((namespace) => several(namespace, 4)))
  .map((all) => all.flat());

const TICK_MS = 1100;

/** Creates them, the first half a second before the others, and answers them with their times. */
export async function createPeers(
  mesh: Lab,
  peers: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const older = peers.filter((_, index) => index % 2 === 1);
  if (older.length > 0) await create(mesh, older);
  await sleep(TICK_MS);
  if (peers.length > older.length) {
    await create(
      mesh,
      peers.filter((one) => !older.includes(one)),
    );
  }
  const made = await getJson<{ items: KubeObject[] }>(
    'peerauthentications.security.istio.io',
    '-A',
  );
  return made.items;
}

/** By the filter chains for the port: those with TLS, those without, or both. */
export async function modeInProxy({ hands }: Destination, port: number): Promise<string> {
  const path = '/config_dump?resource=dynamic_listeners&name_regex=virtualInbound';
  const { body = '' } = await hands.http({ host: '127.0.0.1', port: 15000, path });
  const chains = list(JSON.parse(body), 'configs')
    .flatMap((config) => list(config, 'active_state', 'listener', 'filter_chains'))
    .filter((chain) => number(chain, 'filter_chain_match', 'destination_port') === port);
  const tls = chains.filter((chain) => at(chain, 'transport_socket') !== undefined);
  const modes: readonly MtlsMode[] = ['DISABLE', 'PERMISSIVE', 'STRICT'];
  if (chains.length === 0) return 'no filter chain';
  return modes[tls.length === 0 ? 0 : tls.length === chains.length ? 2 : 1] ?? '';
}

export const triedPorts = [ports.http.container, ports.tcp.container];
