// Fixes for a caller that Linkerd denies: each with its undo, and with what else it allows.
import {
  inspect,
  kubectl,
  type Command,
  type Fix,
  type KubeObject,
  type PodRef,
} from '../../../src/authoring.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { targetOf } from '../../../src/model/linkerd/policy/authorizations.ts';
import type { Beside, NotInForce } from '../../../src/model/linkerd/policy/beside.ts';
import { policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import type { DefaultPolicy } from '../../../src/model/linkerd/policy/types.ts';
import type { Refused } from './request.ts';

/** The called pod, and the command that checks again. */
type Asked = { readonly pod: PodRef; readonly again: Command };
type Named = { readonly namespace?: string | undefined; readonly name: string };

/** Allows exactly this caller; empty when no change can. */
export function letIn({ repair, pod, again }: Refused): readonly Fix[] {
  if (!repair) return [];
  const { objects, widens, keeps } = repair;
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
      ...(keeps === undefined ? {} : { note: keepsText(keeps) }),
    },
  ];
}

const plurals: Readonly<Record<string, string>> = {
  Server: 'servers',
  AuthorizationPolicy: 'authorizationpolicies',
  MeshTLSAuthentication: 'meshtlsauthentications',
};

function keepsText(kept: DefaultPolicy): string {
  return kept === 'deny'
    ? 'No Server selects the port yet, so the default policy decides; the new Server still denies everyone else.'
    : `No Server selects the port yet; the new one still allows what the default policy ${kept} allows.`;
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
  const own = targetOf(policy);
  const run = (targetRef: object) =>
    patchSpec('authorizationpolicies', policy.metadata, { targetRef });
  return {
    does: `Point ${nameOf(policy)} to Server ${name}`,
    run: run({ group: policyGroup, kind: 'Server', name }),
    risk: 'changes-security',
    touches: `every caller that ${nameOf(policy)} allows, on the port of every pod that Server ${name} selects`,
    undo: { run: run(own ? { group: own.group, kind: own.kind, name: own.name } : {}) },
    verify: again,
  };
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
