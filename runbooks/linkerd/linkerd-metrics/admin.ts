// Whether the policies of a namespace let a Prometheus read the admin port of a proxy there.
import type { PodRef } from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Policies } from '../../../src/facts/linkerd/policy/objects.ts';
import { text } from '../../../src/model/kube/read.ts';
import {
  adminPortOf,
  linkerdRole,
  proxyContainer,
  proxyVersion,
} from '../../../src/model/linkerd/mesh-pod.ts';
import { asIdentity, identityOfCaller } from '../../../src/model/linkerd/policy/caller.ts';
import { decide } from '../../../src/model/linkerd/policy/decide.ts';
import { clusterOf } from '../../../src/model/linkerd/policy/picture.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import { portServer } from '../../../src/model/linkerd/policy/server.ts';
import type { PolicyKind, Scene } from '../../../src/model/linkerd/policy/types.ts';

export type Gate =
  | { readonly is: 'server'; readonly name: string }
  | { readonly is: 'default'; readonly policy: string }
  | { readonly is: 'unknown' };

export type Admission = {
  readonly gate: Gate;
  readonly is: 'allowed' | 'denied' | 'unknown';
  /** Which policy allows it. */
  readonly by: string | undefined;
  /** A Server for the port's name that this proxy does not match: it is too old. */
  readonly unmatched: string | undefined;
};

const scrape = { path: '/metrics', method: 'GET', headers: {} };
const bearing: readonly PolicyKind[] = [
  'servers',
  'serverAuthorizations',
  'authorizationPolicies',
  'meshTls',
  'networks',
  'httpRoutes',
  'gatewayHttpRoutes',
];

/** `reader` is the pod of the Prometheus, if it is known. */
export function admissionOf(pod: Pod, policies: Policies, reader: Pod | undefined): Admission {
  const { objects, unseen } = policies;
  const port = adminPortOf(pod);
  const byName = objects.servers.filter(({ spec }) => text(spec, 'port') === 'linkerd-admin');
  const old = isTooOld(pod) ? byName : [];
  const scene = (servers = objects.servers): Scene => ({
    workload: workloadOf(pod),
    cluster: clusterOf(pod, undefined),
    objects: { ...objects, servers },
  });
  const server = portServer(scene(objects.servers.filter((one) => !old.includes(one))), port);
  const meant = old.length > 0 ? portServer(scene(), port).ref : undefined;
  const identity = reader
    ? asIdentity(identityOfCaller(reader, port, clusterOf(reader, undefined)))
    : { is: 'unknown' as const };
  const ip = reader?.hostNetwork ? undefined : reader?.ip;
  const outcome = decide(server, { identity, ip }, scrape);
  const isWhole = !bearing.some((kind) => unseen.includes(kind));
  return {
    gate: gateOf(pod, server.ref, unseen.includes('servers')),
    is: !isWhole ? 'unknown' : outcome.is === 'no-route' ? 'denied' : outcome.is,
    by: outcome.is === 'allowed' ? refText(outcome.by.ref) : undefined,
    unmatched:
      meant && meant.kind === 'Server' && meant.name !== server.ref.name ? meant.name : undefined,
  };
}

function gateOf(
  pod: Pod,
  { kind, name }: { readonly kind: string; readonly name: string },
  isUnseen: boolean,
): Gate {
  if (isUnseen) return { is: 'unknown' };
  if (kind === 'Server') return { is: 'server', name };
  const env = pod.containers.find((one) => one.name === proxyContainer)?.env ?? {};
  const isKnown =
    pod.annotations['config.linkerd.io/default-inbound-policy'] !== undefined ||
    env['LINKERD2_PROXY_INBOUND_DEFAULT_POLICY'] !== undefined;
  return isKnown ? { is: 'default', policy: name } : { is: 'unknown' };
}

/** Without the probes, which ask for other paths. */
function workloadOf({ ref, labels, annotations, containers }: Pod): Scene['workload'] {
  const named = containers.flatMap(({ ports }) =>
    ports.flatMap(({ name, port }) => (name === undefined ? [] : [{ name, port }])),
  );
  return { ...ref, labels, annotations, named, probes: [] };
}

/** linkerd2 issue 14103, fixed in edge-25.6.3 by pull request 14144. */
function isTooOld(pod: Pod): boolean {
  const role = linkerdRole(pod);
  const [, year = 0, month = 0] = /^edge-(\d+)\.(\d+)/.exec(proxyVersion(pod) ?? '') ?? [];
  const edge = Number(year) * 100 + Number(month);
  return role.is === 'meshed' && role.native && edge > 0 && edge < 2506;
}

/** The ServiceAccount of a Prometheus in the mesh. */
export function accountOf({ ref, serviceAccount }: Pod): PodRef {
  return { namespace: ref.namespace, name: serviceAccount };
}
