// The smallest policy that allows one caller: an AuthorizationPolicy for its service account, on the route or the Server
// that denied it; and a new Server if none selects the port.
import type { Json, KubeObject, PodRef } from '../../../src/authoring.ts';
import { matchesAll, type Labels } from '../../../src/model/kube/labels.ts';
import { tryAuthz } from '../../../src/model/linkerd/policy/decide.ts';
import { arrivalsOf, sceneOf, type Picture } from '../../../src/model/linkerd/policy/picture.ts';
import { kindText, policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import { defaultPolicyAt, portServer } from '../../../src/model/linkerd/policy/server.ts';
import type { Authz, DefaultPolicy, Ref, Scene } from '../../../src/model/linkerd/policy/types.ts';
import type { Verdict } from '../../../src/model/linkerd/policy/verdict.ts';

export type Repair = {
  readonly objects: readonly KubeObject[];
  /** What else it allows. */
  readonly widens: string;
  /** A new Server, where none selects the port. */
  readonly adds: NewServer | undefined;
};
export type NewServer = {
  /** The default policy that it replaces on the port and keeps as its own. */
  readonly keeps: DefaultPolicy;
  /** Policies that take effect on it at once: those for the whole namespace, and those that name it already. */
  readonly others: readonly Authz[];
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
  const others = own ? takingEffect(scene, port, own) : [];
  const caller = { identity, ip: visit.subject.ip };
  const isAllowed = others.some((authz) => tryAuthz(authz, caller).holds === 'yes');
  const added = isAllowed ? [] : authorizing(scene, identity.id, target);
  const where =
    target.kind === 'Server'
      ? `to port ${port} of`
      : `that takes ${kindText(target.kind)} ${target.name} to`;
  return {
    objects: [...(own ? [own] : []), ...added],
    widens: `every pod with the identity ${identity.id}: any request ${where} every pod that ${decides.name} selects`,
    adds: own && { keeps: defaultPolicyAt(scene, port), others },
  };
}

/** Who gets in through a new Server besides the one that it is made for. */
function takingEffect(scene: Scene, port: number, own: KubeObject): readonly Authz[] {
  const objects = { ...scene.objects, servers: [own] };
  const { authzs } = portServer({ ...scene, objects }, port);
  return authzs.filter(({ ref }) => ref.kind !== 'default');
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
