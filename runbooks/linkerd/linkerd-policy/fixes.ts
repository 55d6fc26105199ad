// Fixes for a caller that Linkerd denies: each with its undo, and with what else it allows.
import {
  inspect,
  kubectl,
  listed,
  restartNamed,
  type Command,
  type Fix,
  type KubeObject,
  type PodRef,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { record } from '../../../src/model/kube/read.ts';
import { makerOf, ofPod } from '../../../src/model/kube/subject.ts';
import { isPatchable, patchTemplateFix } from '../../../src/model/kube/workload-fixes.ts';
import type { Beside, NotInForce } from '../../../src/model/linkerd/policy/beside.ts';
import { kindText, policyGroup, refText } from '../../../src/model/linkerd/policy/refs.ts';
import type { Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { NewServer } from './repair.ts';
import type { Refused } from './request.ts';
import { clientsText } from './words.ts';

/** The called pod, and the command that checks again. */
type Asked = { readonly pod: PodRef; readonly again: Command };
type Named = { readonly namespace?: string | undefined; readonly name: string };

/** Allows exactly this caller; empty when no change can. */
export function letIn({ repair, pod, again }: Refused): readonly Fix[] {
  if (!repair) return [];
  const { objects, widens, adds } = repair;
  const [first, ...more] = objects;
  const added = more.length === 0 ? first : { apiVersion: 'v1', kind: 'List', items: objects };
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const undo = objects.map(
    ({ kind, metadata }) => `${plurals[kind] ?? kind}.${policyGroup}/${metadata.name}`,
  );
  return [
    {
      does: `Add ${names.join(' and ')} to allow this caller`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(added) },
      risk: 'changes-security',
      touches: widens,
      undo: { run: kubectl`delete ${undo} -n ${pod.namespace}` },
      verify: again,
      ...(adds === undefined ? {} : { note: addsText(adds) }),
    },
  ];
}

const plurals: Readonly<Record<string, string>> = {
  Server: 'servers',
  ServerAuthorization: 'serverauthorizations',
  AuthorizationPolicy: 'authorizationpolicies',
  MeshTLSAuthentication: 'meshtlsauthentications',
};

function addsText({ keeps, others }: NewServer): string {
  const also = others.map(
    ({ ref, clients }) => `${refText(ref)} takes effect on it and lets in ${clientsText(clients)}`,
  );
  const rest = also.length === 0 ? '' : ` ${listed(also)}.`;
  return keeps === 'deny'
    ? `No Server selects the port yet, so the default policy decides; the new Server denies everyone else.${rest}`
    : `No Server selects the port yet; the new one still allows what the default policy ${keeps} allows.${rest}`;
}

/** A caller whose pods are new opens new connections. */
export function newConnection({ from, again }: Refused): readonly Fix[] {
  return from ? [restartNamed(...namesOf(from), again)] : [];
}

const namesOf = (pod: Pod): readonly [string, string, string] => {
  const { kind, name, namespace } = makerOf(pod);
  return [kind, name, namespace];
};

const uidAnnotation = 'config.linkerd.io/proxy-uid';

/** The proxy gets its default user back where an annotation of the pod gave it another. */
export function otherUser({ from, again }: Refused, user: number): readonly Fix[] {
  if (!from) return [];
  const { name, namespace } = from.ref;
  const read = inspect(
    'Read which users its containers run as',
    kubectl`get pod ${name} -n ${namespace} -o yaml`,
    again,
  );
  const maker = makerOf(from);
  const said = from.annotations[uidAnnotation];
  if (said !== String(user) || !isPatchable(maker.kind)) return [read];
  const change = {
    labels: {},
    annotations: { [uidAnnotation]: null },
    now: { labels: {}, annotations: { [uidAnnotation]: said } },
  };
  const does = `Remove annotation ${uidAnnotation}, so that the proxy runs as its own user again`;
  return [read, ...patchTemplateFix(ofPod(from, undefined), change, does, again)];
}

export function readProbes({ pod, again }: Asked): readonly Fix[] {
  const run = kubectl`get pod ${pod.name} -n ${pod.namespace} -o yaml`;
  return [inspect('Read which paths its probes ask for', run, again)];
}

/** Reads the policy that decides, or was meant to; by default in the namespace of the pod. */
export function readPolicy(
  { pod, again }: Asked,
  { namespace = pod.namespace, name }: Named,
  plural = 'authorizationpolicies',
): Fix {
  const read = kubectl`get ${plural}.${policyGroup} ${name} -n ${namespace} -o yaml`;
  return inspect(`Read ${namespace}/${name}`, read, again);
}

/** Reads the authorization that comes closest; a default policy is no object. */
export function readRef(asked: Asked, { kind, name }: Ref): Fix {
  const plural = plurals[kindText(kind)];
  return plural === undefined ? readAll(asked) : readPolicy(asked, { name }, plural);
}

export function readNetworks({ again, root }: Refused): Fix {
  const run = kubectl`get configmap linkerd-config -n ${root} -o yaml`;
  return inspect('Read the clusterNetworks that Linkerd was installed with', run, again);
}

/** Reads everything in a namespace that can decide. */
export function readAll({ pod: { namespace }, again }: Asked): Fix {
  const kinds = ['servers', 'authorizationpolicies', 'httproutes'];
  const names = kinds.map((kind) => `${kind}.${policyGroup}`).join(',');
  const read = kubectl`get ${names} -n ${namespace} -o yaml`;
  return inspect(`Read the Servers, policies and routes in ${namespace}`, read, again);
}

/** Reads a policy that was meant for the port, and puts it in force if a small change does that. */
export function putInForce(c: Refused, { policy, why }: Beside): readonly Fix[] {
  const read = readPolicy(c, policy.metadata);
  switch (why.is) {
    case 'no-server':
    case 'unsupported':
    case 'shadowed':
      return c.decides.kind === 'Server' ? [read, retarget(c, policy)] : [read];
    case 'port-name':
      return [read, renumber(c, why)];
    default:
      return [read];
  }
}

/** Points a policy to the Server that selects the port. */
function retarget({ decides: { name }, again }: Refused, policy: KubeObject): Fix {
  const before = record(policy.spec, 'targetRef');
  const after = { group: policyGroup, kind: 'Server', name };
  const run = (from: object, to: object) =>
    patchSpec('authorizationpolicies', policy.metadata, { targetRef: replacing(from, to) });
  return {
    does: `Point ${nameOf(policy)} to Server ${name}`,
    run: run(before, after),
    risk: 'changes-security',
    touches: `every caller that ${nameOf(policy)} allows, on the port of every pod that Server ${name} selects`,
    undo: { run: run(after, before) },
    verify: again,
  };
}

/** In a merge patch a key that is not named stays, so those of the old value are taken away. */
function replacing(from: object, to: object): object {
  return { ...Object.fromEntries(Object.keys(from).map((key) => [key, null])), ...to };
}

/** Gives a Server the port's number instead of a name that no container has. */
function renumber(
  { pod, port, again }: Refused,
  misnamed: Extract<NotInForce, { is: 'port-name' }>,
): Fix {
  const { server: name } = misnamed;
  const run = (by: number | string) => patchSpec('servers', { ...pod, name }, { port: by });
  return {
    does: `Let Server ${name} select port ${port} by number`,
    run: run(port),
    risk: 'changes-security',
    touches: `every caller of port ${port} on the pods that Server ${name} selects`,
    undo: { run: run(misnamed.port) },
    verify: again,
  };
}

function patchSpec(plural: string, { namespace = '', name }: Named, spec: object): Command {
  return kubectl`patch ${plural}.${policyGroup} ${name} -n ${namespace}
    --type=merge -p ${JSON.stringify({ spec })}`;
}
