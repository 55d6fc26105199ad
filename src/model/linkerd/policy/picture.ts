// Everything that is known about a destination, and what is missing.
import type { Destination } from '../../../core/input.ts';
import { at, text, texts } from '../../kube/read.ts';
import type { Pod } from '../../../facts/kube/pod.ts';
import { arrivals, type Arrival, type ServiceOfPod } from '../../kube/services.ts';
import type { LinkerdConfig } from '../../../facts/linkerd/config.ts';
import { adminPortOf, controlPlaneOf, linkerdRole } from '../mesh-pod.ts';
import { skips } from './caller.ts';
import type { Policies } from '../../../facts/linkerd/policy/objects.ts';
import { serversAt } from './server.ts';
import {
  policyKinds,
  type ClusterInfo,
  type PolicyKind,
  type Scene,
  type Workload,
} from './types.ts';
import { asDefaultPolicy, defaultPolicyOf } from './workload.ts';

export type Picture = {
  readonly destination: Destination;
  readonly pod: Pod;
  readonly workload: Workload;
  readonly services: readonly ServiceOfPod[] | undefined;
  readonly policies: Policies;
  /** The values that Linkerd was installed with. */
  readonly config: LinkerdConfig | undefined;
  /** When the policies were read. */
  readonly now: number;
};

export function sceneOf({ pod, workload, policies, config }: Picture): Scene {
  return { workload, cluster: clusterOf(pod, config), objects: policies.objects };
}

/** The settings of the controller; the environment of its proxies holds most of them too. */
export function clusterOf(pod: Pod, config: LinkerdConfig | undefined): ClusterInfo {
  const role = linkerdRole(pod);
  const env = role.is === 'none' ? {} : (role.proxy?.env ?? {});
  const name = env['LINKERD2_PROXY_IDENTITY_LOCAL_NAME'] ?? '';
  const [, namespace, domain] = /\.identity\.([^.]+)\.(.+)$/.exec(name) ?? [];
  const networks = (env['LINKERD2_PROXY_POLICY_CLUSTER_NETWORKS'] ?? '').split(',').filter(Boolean);
  const probes = at(config?.values, 'policyController', 'probeNetworks');
  return {
    controlPlane: namespace ?? controlPlaneOf(pod) ?? 'linkerd',
    trustDomain: config?.trustDomain ?? domain ?? 'cluster.local',
    networks: config?.clusterNetworks ?? networks,
    probeNetworks: probes === undefined ? ['0.0.0.0/0', '::/0'] : texts(probes),
    defaultPolicy:
      asDefaultPolicy(config?.defaultInboundPolicy) ??
      asDefaultPolicy(env['LINKERD2_PROXY_INBOUND_DEFAULT_POLICY']) ??
      'all-unauthenticated',
  };
}

const bearing: readonly PolicyKind[] = policyKinds.filter((kind) => kind !== 'rateLimits');

/** Everything that decides who is allowed on a port was read. */
export function isWhole(picture: Picture, port: number): boolean {
  const { policies, config, workload } = picture;
  if (bearing.some((kind) => policies.unseen.includes(kind))) return false;
  const byServer = serversAt(sceneOf(picture), port).length > 0;
  return byServer || defaultPolicyOf(workload) !== undefined || config !== undefined;
}

/** Every port on which the pod can be called, or the one that was given. */
export function arrivalsOf({ services, pod, destination }: Picture): readonly Arrival[] {
  const { port } = destination;
  if (port === adminPortOf(pod)) {
    return [{ port, protocol: 'sniffed', service: undefined, servicePort: undefined }];
  }
  return arrivals(services ?? [], pod, destination);
}

/** The proxy cannot decide here: the packets bypass it. */
export function isPastProxy({ pod }: Picture, port: number): boolean {
  return port !== adminPortOf(pod) && skips(pod, 'inbound', port);
}

/** Since when the proxy runs, in milliseconds. */
export function proxyStart({ pod }: Pick<Picture, 'pod'>): number | undefined {
  const role = linkerdRole(pod);
  const state = role.is === 'none' ? undefined : role.proxy?.state;
  const since = text(state, 'since');
  return since === undefined ? undefined : Date.parse(since);
}
