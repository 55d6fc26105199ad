// Fixes for a refused request: the smallest change of policy, as a patch that fails when the policy has changed since,
// each with its undo and with what else it lets through.
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
import { flag, list, parseJson, text, texts } from '../../../src/model/kube/read.ts';
import type { Repair } from '../../../src/model/istio/authz/types.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';

/** Slots are text: repairs and the command that asks again travel as JSON. */
export function repairSlot(repairs: readonly Repair[], policies: readonly KubeObject[]): string {
  const [first] = repairs;
  const steps = first ? chain(first) : [];
  // Alternatives only where one change is enough.
  const shown = steps.length > 1 ? steps.slice(0, 3) : repairs.slice(0, 2);
  return JSON.stringify(shown.flatMap((one) => slotOf(one, policies)));
}

/** A change, and those that are needed after it. */
function chain(one: Repair): readonly Repair[] {
  return one.is === 'none' || !one.next ? [one] : [one, ...chain(one.next)];
}

function slotOf(one: Repair, policies: readonly KubeObject[]): readonly object[] {
  if (one.is === 'none') return [];
  const about = { does: one.does, widens: one.alsoAllows ?? '', more: one.next !== undefined };
  if (one.is === 'create') {
    const { namespace = '', name } = one.object.metadata;
    return [{ ...about, namespace, name, object: JSON.stringify(one.object) }];
  }
  const { namespace, name } = one.policy;
  const object = policies.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  );
  const owner = object === undefined ? '' : (ownerOf(object) ?? '');
  const [patch, undo] = [JSON.stringify(one.patch), JSON.stringify(one.undo)];
  return [{ ...about, namespace, name, patch, undo, owner }];
}

export function againSlot(words: readonly string[]): string {
  return JSON.stringify(words);
}

/** The flags of the runbook itself stay flags. */
function ownFlag(word: string): string | Words {
  return /^--(?:header|method|path)(?:=|$)/.test(word) ? own([word]) : word;
}

/** `meshdoc diagnose rbac <src> <dst> ...`: quick, and it only reads. */
export function again(slot: string): Command {
  const target = texts(parseJson(slot));
  return meshdoc`diagnose rbac ${target.length > 0 ? target.map(ownFlag) : words`<src> <dst>`}`;
}

type Slots = Readonly<Record<'repairs' | 'again', string>>;

export function repairFixes({ repairs, again: words }: Slots): readonly Fix[] {
  const verify = again(words);
  const parsed = parseJson(repairs);
  // The documentation has names in place of values.
  const found = parsed === undefined ? [sample] : list(parsed);
  return found.map((one) => fixOf(one, verify));
}

const sample = {
  does: 'lets this request through',
  widens: '',
  namespace: '<namespace>',
  name: '<policy>',
  patch: '<patch>',
  undo: '<undo>',
};

function fixOf(one: unknown, verify: Command): Fix {
  const word = (key: string) => text(one, key) ?? '';
  const [namespace, name] = [word('namespace'), word('name')];
  const object = text(one, 'object');
  const widens = word('widens');
  const owner = word('owner');
  const target = 'authorizationpolicies.security.istio.io';
  const patch = (body: string) =>
    kubectl`patch ${target} ${name} -n ${namespace} --type=json -p ${body}`;
  const notes = [
    ...(flag(one, 'more') ? ['It is not enough alone: the next change is needed too.'] : []),
    ...(owner === ''
      ? []
      : [`${owner} owns ${namespace}/${name}: change it there, or it comes back.`]),
  ];
  const touches =
    widens === '' ? 'this request alone' : `more than this request: ${widens.replace(/\.$/, '')}`;
  return {
    does: `${object === undefined ? 'Patch' : 'Add'} ${namespace}/${name}: this ${word('does').replace(/\.$/, '')}`,
    run: object === undefined ? patch(word('patch')) : { ...kubectl`apply -f -`, stdin: object },
    risk: 'changes-security',
    touches,
    undo: {
      run:
        object === undefined
          ? patch(word('undo'))
          : kubectl`delete ${target} ${name} -n ${namespace}`,
    },
    verify,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  };
}

/** Reads the policy that decides. */
export function readPolicy(
  a: Readonly<Record<'policyName' | 'policyNamespace' | 'again', string>>,
  kind = 'authorizationpolicies.security.istio.io',
): Fix {
  return inspect(
    `Read ${a.policyNamespace}/${a.policyName}`,
    kubectl`get ${kind} ${a.policyName} -n ${a.policyNamespace} -o yaml`,
    again(a.again),
  );
}

/** Takes a policy out of force and keeps it: no pod has the label that it selects then. */
export function parkPolicy(
  a: Readonly<Record<'policyName' | 'policyNamespace' | 'again', string>>,
): Fix {
  const patch = (parked: string | null) =>
    kubectl`patch authorizationpolicies.security.istio.io ${a.policyName}
      -n ${a.policyNamespace} --type=merge
      -p ${JSON.stringify({ spec: { selector: { matchLabels: { parked } } } })}`;
  return {
    does: `Park ${a.policyNamespace}/${a.policyName}: let it select pods labelled parked=true, which there are none of`,
    run: patch('true'),
    risk: 'changes-security',
    touches: `every workload that ${a.policyNamespace}/${a.policyName} selects now: it denies nothing there any more`,
    undo: { run: patch(null) },
    verify: again(a.again),
  };
}

/** A Telemetry of its own, for this workload alone: of two for one namespace only the older would count. */
export function logRefusals(
  a: Readonly<Record<'namespace' | 'selected', string>>,
  verify: Command,
): Fix {
  const matchLabels = parseJson(a.selected) ?? {};
  const accessLogging = [
    { providers: [{ name: 'envoy' }], filter: { expression: 'response.code >= 400' } },
  ];
  const telemetry = {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: { name: 'log-refusals', namespace: a.namespace },
    spec: { selector: { matchLabels }, accessLogging },
  };
  return {
    does: 'Log what this workload refuses',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(telemetry) },
    risk: 'changes-config',
    touches: 'the access log of this workload: answers of 400 and above alone',
    undo: { run: kubectl`delete telemetry log-refusals -n ${a.namespace}` },
    verify,
  };
}
