// Fixes for a caller that Linkerd denies: each with its undo, and with what else it lets through.
import {
  inspect,
  kubectl,
  meshdoc,
  type Command,
  type Fix,
  type KubeObject,
  own,
  words,
  type Words,
} from '../../../src/authoring.ts';
import { list, parseJson, record, text, texts } from '../../../src/model/kube/read.ts';
import { policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import type { Repair } from './repair.ts';

/** Slots are text: objects and the command that asks again travel as JSON. */
export function repairSlot(repair: Repair | undefined): string {
  return JSON.stringify(repair ?? { objects: [] });
}

export function againSlot(words: readonly string[]): string {
  return JSON.stringify(words);
}

/** The flags of the runbook itself stay flags. */
function ownFlag(word: string): string | Words {
  return /^--(?:header|method|path)(?:=|$)/.test(word) ? own([word]) : word;
}

/** `meshdoc diagnose linkerd-policy <src> <dst> ...`: quick, and it only reads. */
export function again(slot: string): Command {
  const target = texts(parseJson(slot));
  return meshdoc`diagnose linkerd-policy
    ${target.length > 0 ? target.map(ownFlag) : words`<src> <dst>`}`;
}

type Again = Readonly<Record<'again', string>>;

/** Lets exactly this caller through; nothing when there is no such change. */
export function letIn(a: Again & Readonly<Record<'repairs', string>>): readonly Fix[] {
  const parsed = parseJson(a.repairs);
  const objects = list(parsed, 'objects') as readonly KubeObject[];
  // The documentation has names in place of values.
  const made = parsed === undefined ? sample : objects;
  const [first] = made;
  if (!first) return [];
  const items = made.length === 1 ? first : { apiVersion: 'v1', kind: 'List', items: made };
  const names = made.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const namespace = first.metadata.namespace ?? '';
  const undo = made.map(
    ({ kind, metadata }) => `${plurals[kind] ?? kind}.${policyGroup}/${metadata.name}`,
  );
  const server = made.find(({ kind }) => kind === 'Server');
  return [
    {
      does: `Add ${names.join(' and ')}: this lets the caller through`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(items) },
      risk: 'changes-security',
      touches: text(parsed, 'widens') ?? 'whatever has the identity of the caller',
      undo: { run: kubectl`delete ${undo} -n ${namespace}` },
      verify: again(a.again),
      ...(server === undefined ? {} : { note: keepsText(server) }),
    },
  ];
}

function keepsText({ spec }: KubeObject): string {
  const kept = text(spec, 'accessPolicy') ?? 'deny';
  return kept === 'deny'
    ? 'No Server selects the port yet, so the default policy decides; the new one keeps denying everybody else.'
    : `No Server selects the port yet; the new one goes on to let in what the default policy ${kept} does.`;
}

const plurals: Readonly<Record<string, string>> = {
  Server: 'servers',
  AuthorizationPolicy: 'authorizationpolicies',
  MeshTLSAuthentication: 'meshtlsauthentications',
};

const sample: readonly KubeObject[] = [
  {
    apiVersion: `${policyGroup}/v1alpha1`,
    kind: 'AuthorizationPolicy',
    metadata: { name: '<name>', namespace: '<namespace>' },
  },
];

type Policy = Readonly<Record<'policyName' | 'policyNamespace', string>>;

/** Reads the policy that decides, or was meant to. */
export function readPolicy(a: Again & Policy, plural = 'authorizationpolicies'): Fix {
  return inspect(
    `Read ${a.policyNamespace}/${a.policyName}`,
    kubectl`get ${plural}.${policyGroup} ${a.policyName} -n ${a.policyNamespace} -o yaml`,
    again(a.again),
  );
}

/** Everything in a namespace that may decide. */
export function readAll(a: Again & Readonly<Record<'namespace', string>>): Fix {
  const kinds = ['servers', 'authorizationpolicies', 'httproutes'].map(
    (k) => `${k}.${policyGroup}`,
  );
  return inspect(
    `Read the Servers, policies and routes of ${a.namespace}`,
    kubectl`get ${kinds.join(',')} -n ${a.namespace} -o yaml`,
    again(a.again),
  );
}

/** Points a policy to the Server that selects the port; nothing where none does. */
export function retarget(
  a: Again & Policy & Readonly<Record<'target' | 'serverName', string>>,
): readonly Fix[] {
  const before = record(parseJson(a.target));
  if (a.serverName === '') return [];
  const after = { group: policyGroup, kind: 'Server', name: a.serverName };
  return [
    {
      does: `Point ${a.policyNamespace}/${a.policyName} to Server ${a.serverName}`,
      run: patchSpec(a, 'authorizationpolicies', { targetRef: after }),
      risk: 'changes-security',
      touches: `whoever ${a.policyNamespace}/${a.policyName} authorizes, at every port that Server ${a.serverName} selects`,
      undo: { run: patchSpec(a, 'authorizationpolicies', { targetRef: before }) },
      verify: again(a.again),
    },
  ];
}

/** Gives a Server the port's number in place of a name that no container has. */
export function renumber(
  a: Again & Readonly<Record<'serverName' | 'namespace' | 'portName' | 'port', string>>,
): Fix {
  const named = { policyName: a.serverName, policyNamespace: a.namespace };
  return {
    does: `Let Server ${a.serverName} select port ${a.port} by its number`,
    run: patchSpec(named, 'servers', { port: Number(a.port) || 0 }),
    risk: 'changes-security',
    touches: `everybody who calls port ${a.port} of the pods that Server ${a.serverName} selects`,
    undo: { run: patchSpec(named, 'servers', { port: a.portName }) },
    verify: again(a.again),
  };
}

function patchSpec(a: Policy, plural: string, spec: object): Command {
  return kubectl`patch ${plural}.${policyGroup} ${a.policyName} -n ${a.policyNamespace}
    --type=merge -p ${JSON.stringify({ spec })}`;
}
