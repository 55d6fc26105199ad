// What can be done about a proxy that is not in sync. Fixes that change Istio's or Kubernetes' config carry their own undo.
import {
  inspect,
  kubectl,
  meshdoc,
  piped,
  podText,
  putBack,
  replacePod,
  restartNamed,
  words,
  type Command,
  type Fix,
  type PodRef,
  type Words,
} from '../../../src/authoring.ts';
import type { Culprit } from '../../../src/facts/istio/blame.ts';
import type { Blocking } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { servedByHand } from '../../../src/facts/kube/served.ts';
import type { Problem, ResourceName } from '../../../src/model/istio/effect/scene.ts';
import type { Address } from '../../../src/model/istio/peers.ts';
import { makerOf, makerText } from '../../../src/model/kube/subject.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';

export function again(pod: PodRef): Command {
  return meshdoc`diagnose stale ${podText(pod)}`;
}

export function at({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace: string;
}): Words {
  return words`${name} -n ${namespace}`;
}

// The pod itself.

export function findZtunnel(namespace: string, node: string): readonly Fix[] {
  return [
    inspect(
      'See what ztunnel knows about this namespace',
      istioctl`ztunnel-config workload --workload-namespace ${namespace}`,
    ),
    inspect(
      'Find the ztunnel on the node, then diagnose it',
      kubectl`get pods -A -l app=ztunnel --field-selector spec.nodeName=${node}`,
    ),
  ];
}

// The control plane.

export function readIstiod(istiod: string, root: string, verify: Command): readonly Fix[] {
  const top = kubectl`top pod ${istiod} -n ${root} --containers`;
  return [inspect('See how much CPU and memory it uses', top, verify)];
}

export function replaceIstiod(istiod: string, root: string, verify: Command): readonly Fix[] {
  return [
    ...readIstiod(istiod, root, verify),
    {
      does: `Replace the pod ${istiod}`,
      run: kubectl`delete pod ${istiod} -n ${root}`,
      risk: 'restarts-control-plane',
      touches: 'this istiod; its proxies reconnect to the new one',
      undo: { because: 'the new pod is made from the same template' },
      verify,
    },
  ];
}

// The stream to istiod.

export function readToken(about: Pod): readonly Fix[] {
  const see = kubectl`get pod ${at(about.ref)}
    -o jsonpath={.spec.volumes[?(@.name=="istio-token")]}`;
  return [inspect('See the audience and lifetime of the mounted token', see)];
}

const openssl = words`openssl x509 -noout -subject -issuer -dates`;

/** The root that the pods of this namespace trust, and what istiod presents. */
export function readRoots(pod: PodRef, root: string, istiod: string | undefined): readonly Fix[] {
  const does = "Read this namespace's root certificate, which istiod's must be signed by";
  return [readRoot(pod, does), ...readServed(pod, root, istiod)];
}

export function readDates(pod: PodRef, root: string, istiod: string | undefined): readonly Fix[] {
  const does = "Read the dates of this namespace's root certificate";
  return [readRoot(pod, does), ...readServed(pod, root, istiod)];
}

function readRoot(pod: PodRef, does: string): Fix {
  const read = kubectl`get configmap istio-ca-root-cert -n ${pod.namespace}
    -o ${'jsonpath={.data.root-cert\\.pem}'}`;
  return inspect(does, piped(read, openssl), again(pod));
}

function readServed(
  pod: PodRef,
  root: string,
  istiod: string | undefined,
  serverName = `istiod.${root}.svc`,
): readonly Fix[] {
  if (istiod === undefined) return [];
  const served = servedByHand({ name: istiod, namespace: root }, 15_012, serverName);
  return [inspect('Read the certificate that istiod presents', served, again(pod))];
}

/** Which names the certificate has, and who makes the proxies call another. */
export function readNames(
  pod: PodRef,
  root: string,
  address: string,
  istiod: string | undefined,
): readonly Fix[] {
  const read = kubectl`get configmap istio -n ${root} -o jsonpath={.data.mesh}`;
  const does = `Find what sets ${address}: discoveryAddress in the mesh config, or an annotation proxy.istio.io/config`;
  const [host] = address.split(':');
  return [inspect(does, read, again(pod)), ...readServed(pod, root, istiod, host)];
}

// The CA.

/** Whether it runs: its own Service, if it has one in this cluster. */
export function findCa(pod: PodRef, ca: Address | undefined): readonly Fix[] {
  const seen = inspect('See the attempts in the proxy log', caLog(pod), again(pod));
  if (!ca?.service) return [seen];
  const { name, namespace } = ca.service;
  const backends = kubectl`get endpointslices -n ${namespace}
    -l kubernetes.io/service-name=${name}`;
  return [seen, inspect("See the endpoints of the CA's Service", backends, again(pod))];
}

export function readCa(pod: PodRef, ca: Address | undefined): readonly Fix[] {
  const does = "Read this namespace's root certificate, which the CA's must be signed by";
  return [readRoot(pod, does), ...findCa(pod, ca)];
}

/** Who makes the pod call that name. */
export function readCaName(pod: PodRef, ca: Address | undefined): readonly Fix[] {
  const read = kubectl`get pod ${at(pod)}
    -o ${'jsonpath={.metadata.annotations.proxy\\.istio\\.io/config}'}`;
  const does = 'See whether an annotation of the pod sets CA_ADDR; the mesh sets it by caAddress';
  return [inspect(does, read, again(pod)), ...findCa(pod, ca)];
}

function caLog(pod: PodRef): Command {
  return piped(
    kubectl`logs ${at(pod)} -c istio-proxy --tail=200`,
    words`grep -E ${'citadelclient|CA Endpoint'}`,
  );
}

export function takeRevision(about: Pod): readonly Fix[] {
  return [
    inspect(
      'See which revision the namespace asks for',
      kubectl`get namespace ${about.ref.namespace} --show-labels`,
    ),
    {
      ...restart(about),
      note: 'The new pods use the revision that the namespace asks for now.',
    },
  ];
}

export function followPath(pod: PodRef, root: string): readonly Fix[] {
  return [
    inspect('See the connection attempts in the proxy log', xdsLog(pod, 200), again(pod)),
    inspect(
      "See the endpoints of istiod's Service",
      kubectl`get endpointslices -n ${root} -l kubernetes.io/service-name=istiod`,
      again(pod),
    ),
  ];
}

/** Adds a policy and leaves the one that blocks alone: a pod may do what any of its policies allows. */
export function allowBeside(blocking: Blocking, root: string, pod: PodRef): readonly Fix[] {
  const { namespace, name, way } = blocking;
  const policy = way === 'egress' ? allowIstiod(blocking, root) : allowProxies(root);
  return [
    inspect(
      `Read NetworkPolicy ${name}`,
      kubectl`get networkpolicy ${at(blocking)} -o yaml`,
      again(pod),
    ),
    {
      does:
        way === 'egress'
          ? 'Add a NetworkPolicy that allows egress to istiod and DNS'
          : 'Add a NetworkPolicy that allows the proxies to reach istiod',
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(policy) },
      risk: 'changes-security',
      touches:
        way === 'egress'
          ? `egress of the pods that ${namespace}/${name} selects, only to istiod and DNS`
          : `ingress of istiod: from every namespace, only on its xDS and CA port`,
      undo: { run: kubectl`delete networkpolicy ${at(policy.metadata)}` },
      verify: again(pod),
    },
  ];
}

const xds = [{ protocol: 'TCP', port: 15_012 }];
const dns = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
const istiods = { matchLabels: { app: 'istiod' } };

function allowIstiod({ namespace, podSelector }: Blocking, root: string) {
  const all = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
  return networkPolicy('allow-istiod', namespace, {
    podSelector,
    policyTypes: ['Egress'],
    egress: [
      { to: [{ namespaceSelector: all(root), podSelector: istiods }], ports: xds },
      { to: [{ namespaceSelector: all('kube-system') }], ports: dns },
    ],
  });
}

function allowProxies(root: string) {
  return networkPolicy('allow-proxies', root, {
    podSelector: istiods,
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ namespaceSelector: {} }], ports: xds }],
  });
}

function networkPolicy(name: string, namespace: string, spec: object) {
  const apiVersion = 'networking.k8s.io/v1';
  return { apiVersion, kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

// A push that is rejected or does not arrive.

/** Look first; then remove what Envoy rejects. */
export function removeCulprit(culprit: Culprit, pod: PodRef): readonly Fix[] {
  const { resource, namespace, name, object } = culprit;
  const target = words`${resource.plural}.${resource.group} ${at(culprit)}`;
  const owned = ownedText(culprit);
  return [
    inspect(
      `Read ${resource.kind} ${name} and correct it at its source`,
      kubectl`get ${target} -o yaml`,
      again(pod),
    ),
    {
      does: `Remove ${resource.kind} ${name}, so that the proxies accept the next push`,
      run: kubectl`delete ${target}`,
      risk: 'changes-traffic',
      touches: `every proxy that ${namespace}/${name} applies to; what it configured is gone`,
      undo: putBack(object),
      verify: again(pod),
      ...(owned === undefined ? {} : { note: owned }),
    },
  ];
}

export function ownedText({ owner }: Culprit): string | undefined {
  return (
    owner && `${owner} manages this resource: change it there; a manual change will be reverted.`
  );
}

export function takeImage(about: Pod): readonly Fix[] {
  const { namespace } = about.ref;
  return [
    inspect(
      'See which revision injects new pods here',
      kubectl`get namespace ${namespace} --show-labels`,
      again(about.ref),
    ),
    { ...restart(about), note: 'The new pods get the proxy image of the injector.' },
  ];
}

export function lookAround(pod: PodRef, root: string): readonly Fix[] {
  return [
    inspect(
      'See which EnvoyFilters apply',
      kubectl`get envoyfilters -n ${pod.namespace} -o wide`,
      again(pod),
    ),
    inspect(
      'Compare the versions of the proxies and istiod',
      istioctl`version -i ${root}`,
      again(pod),
    ),
  ];
}

export function thaw(about: Pod): readonly Fix[] {
  const top = kubectl`top pod ${at(about.ref)} --containers`;
  return [inspect('See whether it is out of CPU', top, again(about.ref)), replace(about)];
}

export function reconnect(about: Pod): readonly Fix[] {
  return [
    inspect('Look for lost connections in the proxy log', xdsLog(about.ref, 500), again(about.ref)),
    {
      ...replace(about),
      note: 'Check the log first: if the network drops packets to istiod, the new pod gets no config either.',
    },
  ];
}

function xdsLog(pod: PodRef, lines: number): Command {
  const said = words`grep -E ${'xdsproxy|xds-grpc'}`;
  return piped(kubectl`logs ${at(pod)} -c istio-proxy --tail=${lines}`, said);
}

function restart(about: Pod): Fix {
  const { kind, name, namespace } = makerOf(about);
  return restartNamed(kind, name, namespace, again(about.ref), [about.ref.name]);
}

/** A new pod has a new name, so its workload is what is diagnosed next. */
function replace(about: Pod): Fix {
  const maker = makerOf(about);
  return replacePod(about.ref, maker, meshdoc`diagnose stale ${makerText(maker)}`);
}

// Accepted, but without effect.

export function targetOf({ resource, fixes: [change] }: Problem): ResourceName {
  return change?.target ?? resource;
}

/** A patch with its reverse; without one, the field to edit. */
export function repair(problem: Problem, pod: PodRef): readonly Fix[] {
  const [change] = problem.fixes;
  const { kind, name, namespace } = targetOf(problem);
  const of = words`${typeOf(kind)} ${name}`;
  const target = namespace === '' ? of : words`${of} -n ${namespace}`;
  const verify = again(pod);
  if (!change?.patch) {
    const then = change ? `, then ${lowerFirst(change.does)}` : '';
    return [inspect(`Read ${kind} ${name}${then}`, kubectl`get ${target} -o yaml`, verify)];
  }
  const { does, touches, undo } = change;
  const patch = (body: string) => kubectl`patch ${target} --type=json -p ${body}`;
  const note = byHand(problem);
  return [
    {
      ...{ does, run: patch(change.patch.body), risk: 'changes-traffic', touches },
      undo: undo
        ? { run: patch(undo.body) }
        : { because: 'the patch fails if the object has changed since' },
      verify,
      ...(note === undefined ? {} : { note }),
    },
  ];
}

/** The Gateway API has a kind of this name too, and kubectl may take that one. */
function typeOf(kind: string): string {
  return kind === 'Gateway' ? 'gateways.networking.istio.io' : kind.toLowerCase();
}

export function byHand({ owner }: Problem): string | undefined {
  return owner && `Do not edit it by hand: ${owner} manages it and will revert the change.`;
}

export function readResource({ kind, name, namespace }: ResourceName): Fix {
  return inspect(
    `Read ${kind} ${name}`,
    kubectl`get ${typeOf(kind)} ${name} -n ${namespace} -o yaml`,
  );
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
