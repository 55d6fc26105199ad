// Fixes for a caller that Linkerd denies: each with its undo, and with what else it lets through.
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
import type { NotInForce } from '../../../src/model/linkerd/policy/beside.ts';
import { policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import type { DefaultPolicy, Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { Repair } from './repair.ts';

/** The pod that is called, and what asks again. */
type Asked = { readonly pod: PodRef; readonly again: Command };
type Named = { readonly namespace?: string | undefined; readonly name: string };

const plurals: Readonly<Record<string, string>> = {
  Server: 'servers',
  AuthorizationPolicy: 'authorizationpolicies',
  MeshTLSAuthentication: 'meshtlsauthentications',
};

/** Lets exactly this caller through; nothing when there is no such change. */
export function letIn(c: Asked & { readonly repair: Repair | undefined }): readonly Fix[] {
  if (!c.repair) return [];
  const { objects, widens, keeps } = c.repair;
  const [first, ...more] = objects;
  const added = more.length === 0 ? first : { apiVersion: 'v1', kind: 'List', items: objects };
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const undo = objects.map(
    ({ kind, metadata }) => `${plurals[kind] ?? kind}.${policyGroup}/${metadata.name}`,
  );
  return [
    {
      does: `Add ${names.join(' and ')}: this lets the caller through`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(added) },
      risk: 'changes-security',
      touches: widens,
      undo: { run: kubectl`delete ${undo} -n ${c.pod.namespace}` },
      verify: c.again,
      ...(keeps === undefined ? {} : { note: keepsText(keeps) }),
    },
  ];
}

function keepsText(kept: DefaultPolicy): string {
  return kept === 'deny'
    ? 'No Server selects the port yet, so the default policy decides; the new one keeps denying everybody else.'
    : `No Server selects the port yet; the new one goes on to let in what the default policy ${kept} does.`;
}

/** Reads the policy that decides, or was meant to: in the namespace of the pod where it tells no other. */
export function readPolicy(
  { pod, again }: Asked,
  { namespace = pod.namespace, name }: Named,
  plural = 'authorizationpolicies',
): Fix {
  return inspect(
    `Read ${namespace}/${name}`,
    kubectl`get ${plural}.${policyGroup} ${name} -n ${namespace} -o yaml`,
    again,
  );
}

/** Everything in a namespace that may decide. */
export function readAll({ pod: { namespace }, again }: Asked): Fix {
  const kinds = ['servers', 'authorizationpolicies', 'httproutes'].map(
    (kind) => `${kind}.${policyGroup}`,
  );
  return inspect(
    `Read the Servers, policies and routes of ${namespace}`,
    kubectl`get ${kinds.join(',')} -n ${namespace} -o yaml`,
    again,
  );
}

/** Points a policy to the Server that selects the port; nothing where none does. */
export function retarget(c: Asked & { readonly decides: Ref }, policy: KubeObject): readonly Fix[] {
  if (c.decides.kind !== 'Server') return [];
  const { name } = c.decides;
  const own = targetOf(policy);
  const before = own ? { group: own.group, kind: own.kind, name: own.name } : {};
  const after = { group: policyGroup, kind: 'Server', name };
  return [
    {
      does: `Point ${nameOf(policy)} to Server ${name}`,
      run: patchSpec('authorizationpolicies', policy.metadata, { targetRef: after }),
      risk: 'changes-security',
      touches: `whoever ${nameOf(policy)} authorizes, at every port that Server ${name} selects`,
      undo: { run: patchSpec('authorizationpolicies', policy.metadata, { targetRef: before }) },
      verify: c.again,
    },
  ];
}

/** Gives a Server the port's number in place of a name that no container has. */
export function renumber(
  { pod, port, again }: Asked & { readonly port: number },
  why: NotInForce,
): readonly Fix[] {
  if (why.is !== 'port-name') return [];
  const server = { namespace: pod.namespace, name: why.server };
  return [
    {
      does: `Let Server ${why.server} select port ${port} by its number`,
      run: patchSpec('servers', server, { port }),
      risk: 'changes-security',
      touches: `everybody who calls port ${port} of the pods that Server ${why.server} selects`,
      undo: { run: patchSpec('servers', server, { port: why.port }) },
      verify: again,
    },
  ];
}

function patchSpec(plural: string, { namespace = '', name }: Named, spec: object): Command {
  return kubectl`patch ${plural}.${policyGroup} ${name} -n ${namespace}
    --type=merge -p ${JSON.stringify({ spec })}`;
}
