// The smallest policy that allows one caller: an AuthorizationPolicy for its service account, on the route or the Server
// that denied it; and a new Server if none selects the port.
import type { Json, KubeObject, PodRef } from '../../../src/authoring.ts';
import { matchesAll, type Labels } from '../../../src/model/kube/labels.ts';
import { arrivalsOf, sceneOf, type Picture } from '../../../src/model/linkerd/policy/picture.ts';
import { kindText, policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import { defaultPolicyAt } from '../../../src/model/linkerd/policy/server.ts';
import type { DefaultPolicy, Ref, Scene } from '../../../src/model/linkerd/policy/types.ts';
import type { Verdict } from '../../../src/model/linkerd/policy/verdict.ts';

export type Repair = {
  readonly objects: readonly KubeObject[];
  /** What else it allows. */
  readonly widens: string;
  /** The default policy that a new Server replaces on the port and keeps as its own. */
  readonly keeps: DefaultPolicy | undefined;
};

export function repairOf(picture: Picture, verdict: Verdict): Repair | undefined {
  const { is: outcome, visit, server } = verdict;
  const { identity } = visit.subject;
  if (outcome.is !== 'denied' || identity.is !== 'tls') return undefined;
  const { port } = visit.arrival;
  const scene = sceneOf(picture);
  const own = server.ref.kind === 'Server' ? undefined : newServer(picture, verdict);
  const decides = own
    ? { group: policyGroup, kind: 'Server', name: own.metadata.name }
    : server.ref;
  // The route that was taken, when it is a resource.
  const { route } = outcome;
  const target = own || !route || route.kind === 'default' ? decides : route;
  const where =
    target.kind === 'Server'
      ? `to port ${port} of`
      : `that takes ${kindText(target.kind)} ${target.name} to`;
  return {
    objects: [...(own ? [own] : []), ...authorizing(scene, identity.id, target)],
    widens: `every pod with the identity ${identity.id}: any request ${where} every pod that ${decides.name} selects`,
    keeps: own && defaultPolicyAt(scene, port),
  };
}

function authorizing(scene: Scene, id: string, target: Ref): readonly KubeObject[] {
  const { namespace } = scene.workload;
  const { controlPlane, trustDomain } = scene.cluster;
  const rest = `.serviceaccount.identity.${controlPlane}.${trustDomain}`;
  const [account, from] = id.endsWith(rest) ? id.slice(0, -rest.length).split('.') : [];
  const name = free(`allow-${account ?? 'caller'}`, scene.objects.authorizationPolicies);
  const targetRef = { group: target.group, kind: kindText(target.kind), name: target.name };
  const ref: Json =
    account !== undefined && from !== undefined
      ? { kind: 'ServiceAccount', name: account, namespace: from }
      : { group: policyGroup, kind: 'MeshTLSAuthentication', name };
  const metadata = { name, namespace };
  const spec = { targetRef, requiredAuthenticationRefs: [ref] };
  const policy = object('v1alpha1', 'AuthorizationPolicy', metadata, spec);
  if (account !== undefined) return [policy];
  return [object('v1alpha1', 'MeshTLSAuthentication', metadata, { identities: [id] }), policy];
}

/** What the default policy allows stays allowed; only with `deny` there is nothing to keep. */
function newServer(picture: Picture, { visit, server }: Verdict): KubeObject {
  const scene = sceneOf(picture);
  const { port } = visit.arrival;
  const made = picture.pod.workload?.name ?? picture.pod.ref.name;
  const name = free(`${made}-${port}`, scene.objects.servers);
  return object(
    'v1beta3',
    'Server',
    { name, namespace: scene.workload.namespace },
    {
      podSelector: { matchLabels: { ...selectorOf(picture) } },
      port,
      proxyProtocol: server.protocol === 'opaque' ? 'opaque' : 'unknown',
      accessPolicy: defaultPolicyAt(scene, port),
    },
  );
}

/** The narrowest selector that surely matches every pod of the workload. */
function selectorOf(picture: Picture): Labels {
  const [arrival] = arrivalsOf(picture);
  const selector = arrival?.service?.selector;
  const { labels } = picture.pod;
  if (selector && Object.keys(selector).length > 0 && matchesAll(selector, labels)) return selector;
  const own = Object.entries(labels).filter(
    ([key]) => !key.startsWith('linkerd.io/') && !key.includes('hash') && !key.includes('revision'),
  );
  return Object.fromEntries(own);
}

function free(wanted: string, objects: readonly KubeObject[]): string {
  const taken = objects.map(({ metadata }) => metadata.name);
  const name = wanted.slice(0, 200);
  if (!taken.includes(name)) return name;
  const next = Array.from({ length: 100 }, (_, i) => `${name}-${i + 2}`);
  return next.find((one) => !taken.includes(one)) ?? name;
}

function object(version: string, kind: string, metadata: PodRef, spec: Json): KubeObject {
  return { apiVersion: `${policyGroup}/${version}`, kind, metadata, spec };
}
