// Fixes for a refused request: the smallest change of policy, as a patch that fails when the policy has changed since,
// each with its undo and with what else it lets through.
import {
  inspect,
  kubectl,
  meshdoc,
  podText,
  type Command,
  type Fix,
  type KubeObject,
  type PodRef,
} from '../../../src/authoring.ts';
import { refOf } from '../../../src/model/istio/authz/parse.ts';
import { isSame, policyText } from '../../../src/model/istio/authz/refs.ts';
import { repair } from '../../../src/model/istio/authz/repair.ts';
import type { PolicyRef, Repair } from '../../../src/model/istio/authz/types.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Case } from './case.ts';

const authorizationPolicies = 'authorizationpolicies.security.istio.io';
export const peerAuthentications = 'peerauthentications.security.istio.io';

/** The policy that decides: it is to be changed, or looked at alone. */
export type Blame = {
  readonly mends?: PolicyRef | undefined;
  readonly reads?: PolicyRef | undefined;
};

/** Read, then changed. */
export function mend(c: Case, blame: Blame, ...between: readonly Fix[]): readonly Fix[] {
  const { scene, verdict, verify } = c;
  const repairs = repair(scene, verdict.request, verdict.decision);
  const changes = repairFixes(repairs, scene.authorizationPolicies, verify);
  return [...readBlamed(c, blame), ...between, ...changes];
}

export function readBlamed(c: Case, { mends, reads }: Blame, kind?: string): readonly Fix[] {
  const policy = mends ?? reads;
  return policy ? [readPolicy(policy, c.verify, kind)] : [];
}

export function readPolicy(policy: PolicyRef, verify: Command, kind = authorizationPolicies): Fix {
  const run = kubectl`get ${kind} ${policy.name} -n ${policy.namespace} -o yaml`;
  return inspect(`Read ${policyText(policy)}`, run, verify);
}

/** Of a policy that somebody would put back. */
export function avoidEdit({ scene }: Case, { mends }: Blame): string | undefined {
  const owner = mends && ownerIn(scene.authorizationPolicies, mends);
  return owner && `Do not edit ${policyText(mends)} by hand: ${owner} owns it and puts it back.`;
}

function ownerIn(policies: readonly KubeObject[], policy: PolicyRef): string | undefined {
  const object = policies.find((one) => isSame(refOf(one), policy));
  return object && ownerOf(object);
}

/** Those that are needed one after the other, or else the two narrowest. */
export function repairFixes(
  repairs: readonly Repair[],
  policies: readonly KubeObject[],
  verify: Command,
): readonly Fix[] {
  const [first] = repairs;
  const steps = first ? chain(first) : [];
  // Alternatives only where one change is enough.
  const shown = steps.length > 1 ? steps.slice(0, 3) : repairs.slice(0, 2);
  return shown.flatMap((one) => (one.is === 'none' ? [] : [repairFix(one, policies, verify)]));
}

/** A change, and those that are needed after it. */
function chain(one: Repair): readonly Repair[] {
  return one.is === 'none' || !one.next ? [one] : [one, ...chain(one.next)];
}

function repairFix(
  one: Exclude<Repair, { is: 'none' }>,
  policies: readonly KubeObject[],
  verify: Command,
): Fix {
  const policy = one.is === 'patch' ? one.policy : refOf(one.object);
  const named = policyText(policy);
  const { verb, run, undo } =
    one.is === 'patch'
      ? { verb: 'Patch', run: patch(policy, one.patch), undo: patch(policy, one.undo) }
      : { verb: 'Add', run: apply(one.object), undo: remove(policy) };
  const owner = one.is === 'patch' && ownerIn(policies, policy);
  const note = [
    ...(one.next ? ['It is not enough alone: the next change is needed too.'] : []),
    ...(owner ? [`${owner} owns ${named}: change it there, or it comes back.`] : []),
  ].join(' ');
  const more = one.alsoAllows?.replace(/\.$/, '');
  return {
    does: `${verb} ${named}: this ${one.does.replace(/\.$/, '')}`,
    run,
    risk: 'changes-security',
    touches: more === undefined ? 'this request alone' : `more than this request: ${more}`,
    undo: { run: undo },
    verify,
    ...(note === '' ? {} : { note }),
  };
}

function patch({ name, namespace }: PolicyRef, change: unknown, type = 'json'): Command {
  return kubectl`patch ${authorizationPolicies} ${name} -n ${namespace} --type=${type}
    -p ${JSON.stringify(change)}`;
}

function apply(object: object): Command {
  return { ...kubectl`apply -f -`, stdin: JSON.stringify(object) };
}

function remove({ name, namespace }: PolicyRef): Command {
  return kubectl`delete ${authorizationPolicies} ${name} -n ${namespace}`;
}

/** Takes a policy out of force and keeps it: no pod has the label that it selects then. */
export function parkPolicy({ verify }: Case, { mends }: Blame): readonly Fix[] {
  if (!mends) return [];
  const named = policyText(mends);
  const select = (parked: string | null) =>
    patch(mends, { spec: { selector: { matchLabels: { parked } } } }, 'merge');
  return [
    {
      does: `Park ${named}: let it select pods labelled parked=true, which there are none of`,
      run: select('true'),
      risk: 'changes-security',
      touches: `every workload that ${named} selects now: it denies nothing there any more`,
      undo: { run: select(null) },
      verify,
    },
  ];
}

export function readPorts({ called, verify }: Case): Fix {
  const run = kubectl`get services -n ${called.ref.namespace} -o wide`;
  return inspect('See how the ports are named', run, verify);
}

export function readIssuers({ called, verify }: Case): Fix {
  const run = kubectl`get requestauthentications -n ${called.ref.namespace} -o yaml`;
  return inspect('Read which issuers are accepted', run, verify);
}

export function readClientRules({ caller, called, verify }: Case): Fix {
  const { namespace } = (caller ?? called).ref;
  const run = kubectl`get destinationrules -n ${namespace} -o yaml`;
  return inspect('Read what keeps the caller from mutual TLS', run, verify);
}

export function askStale(does: string, pod: PodRef): readonly Fix[] {
  return [inspect(does, meshdoc`diagnose stale ${podText(pod)}`)];
}

/** A Telemetry of its own, for this workload alone: of two for one namespace only the older would count. */
export function logRefusals(pod: PodRef, matchLabels: Readonly<Record<string, string>>): Fix {
  const { namespace } = pod;
  const accessLogging = [
    { providers: [{ name: 'envoy' }], filter: { expression: 'response.code >= 400' } },
  ];
  return {
    does: 'Log what this workload refuses',
    run: apply({
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name: 'log-refusals', namespace },
      spec: { selector: { matchLabels }, accessLogging },
    }),
    risk: 'changes-config',
    touches: 'the access log of this workload: answers of 400 and above alone',
    undo: { run: kubectl`delete telemetry log-refusals -n ${namespace}` },
    verify: meshdoc`diagnose rbac ${podText(pod)}`,
  };
}
