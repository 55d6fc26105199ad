// Fixes for a refused request: the smallest policy change, as a patch that fails if the policy has changed since. Each
// has its undo and says what else it allows.
import {
  inspect,
  kubectl,
  meshdoc,
  piped,
  podText,
  words,
  type Command,
  type Fix,
  type KubeObject,
  type PodRef,
} from '../../../src/authoring.ts';
import { refOf } from '../../../src/model/istio/authz/parse.ts';
import { isSame, policyText } from '../../../src/model/istio/authz/refs.ts';
import { repair } from '../../../src/model/istio/authz/repair.ts';
import type { PolicyRef, Repair } from '../../../src/model/istio/authz/types.ts';
import { proxyName } from '../../../src/model/istio/mesh-pod.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Case } from './case.ts';

const authorizationPolicies = 'authorizationpolicies.security.istio.io';
export const peerAuthentications = 'peerauthentications.security.istio.io';

/** The policy that decides: one to change (`mends`), or one only to read (`reads`). */
export type Blame = {
  readonly mends?: PolicyRef | undefined;
  readonly reads?: PolicyRef | undefined;
};

/** Read the policy, then change it. */
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

/** For a policy whose owner would revert a change. */
export function avoidEdit({ scene }: Case, { mends }: Blame): string | undefined {
  const owner = mends && ownerIn(scene.authorizationPolicies, mends);
  return (
    owner &&
    `Do not edit ${policyText(mends)} directly: ${owner} manages it and will revert the change.`
  );
}

function ownerIn(policies: readonly KubeObject[], policy: PolicyRef): string | undefined {
  const object = policies.find((one) => isSame(refOf(one), policy));
  return object && ownerOf(object);
}

/** All changes that are needed together, or else the two narrowest alternatives. */
export function repairFixes(
  repairs: readonly Repair[],
  policies: readonly KubeObject[],
  verify: Command,
): readonly Fix[] {
  const [first] = repairs;
  const steps = first ? chain(first) : [];
  // Alternatives are shown only when one change is enough.
  const shown = steps.length > 1 ? steps.slice(0, 3) : repairs.slice(0, 2);
  return shown.flatMap((one) => (one.is === 'none' ? [] : [repairFix(one, policies, verify)]));
}

/** A change, and the changes that are needed after it. */
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
  const { run, undo } =
    one.is === 'patch'
      ? { run: patch(policy, one.patch), undo: patch(policy, one.undo) }
      : { run: apply(one.object), undo: remove(policy) };
  const owner = one.is === 'patch' && ownerIn(policies, policy);
  const note = [
    ...(one.next ? ['The next change is needed too.'] : []),
    ...(owner
      ? [`${owner} manages ${named}: change it there; a direct change will be reverted.`]
      : []),
  ].join(' ');
  return {
    does: one.does,
    run,
    risk: 'changes-security',
    touches:
      one.alsoAllows === undefined
        ? 'only this request, from now on, wherever the policy applies'
        : `more than this request, from now on: ${one.alsoAllows}`,
    undo: { run: undo },
    verify,
    ...(note === '' ? {} : { note }),
  };
}

export function patch({ name, namespace }: PolicyRef, change: unknown, type = 'json'): Command {
  return kubectl`patch ${authorizationPolicies} ${name} -n ${namespace} --type=${type}
    -p ${JSON.stringify(change)}`;
}

function apply(object: object): Command {
  return { ...kubectl`apply -f -`, stdin: JSON.stringify(object) };
}

function remove({ name, namespace }: PolicyRef): Command {
  return kubectl`delete ${authorizationPolicies} ${name} -n ${namespace}`;
}

/** Disables a policy and keeps it: no pod has the label that it then selects. */
export function parkPolicy({ verify }: Case, { mends }: Blame): readonly Fix[] {
  if (!mends) return [];
  const named = policyText(mends);
  const select = (parked: string | null) =>
    patch(mends, { spec: { selector: { matchLabels: { parked } } } }, 'merge');
  return [
    {
      does: `Disable ${named}: make it select no pod`,
      run: select('true'),
      risk: 'changes-security',
      touches: `every workload that ${named} selects now: it will select only pods with the label parked=true`,
      undo: { run: select(null) },
      verify,
    },
  ];
}

export function readPorts({ called, verify }: Case): Fix {
  const run = kubectl`get services -n ${called.ref.namespace} -o wide`;
  return inspect('See the port names of the Services', run, verify);
}

export function readIssuers({ called, verify }: Case): Fix {
  const run = kubectl`get requestauthentications -n ${called.ref.namespace} -o yaml`;
  return inspect('See which issuers are accepted', run, verify);
}

/** A token is refused for its time: whose, and since when. */
export function readRefused({ called, verify }: Case): Fix {
  const log = kubectl`logs ${called.ref.name} -n ${called.ref.namespace} -c ${proxyName} --since=10m`;
  return inspect(
    'See whose tokens are refused, and when',
    piped(log, words`grep jwt_authn`),
    verify,
  );
}

export function readClientRules({ caller, called, verify }: Case): Fix {
  const { namespace } = (caller ?? called).ref;
  const run = kubectl`get destinationrules -n ${namespace} -o yaml`;
  return inspect(`Read the DestinationRules in ${namespace}`, run, verify);
}

export function askStale(does: string, pod: PodRef): readonly Fix[] {
  return [inspect(does, meshdoc`diagnose stale ${podText(pod)}`)];
}

/** A Telemetry for this workload only: of two that cover a whole namespace, Istio uses only the older. */
export function logRefusals(pod: PodRef, matchLabels: Readonly<Record<string, string>>): Fix {
  const { namespace } = pod;
  const accessLogging = [
    { providers: [{ name: 'envoy' }], filter: { expression: 'response.code >= 400' } },
  ];
  return {
    does: 'Log the requests that this workload refuses',
    run: apply({
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name: 'log-refusals', namespace },
      spec: { selector: { matchLabels }, accessLogging },
    }),
    risk: 'changes-config',
    touches:
      'only the access log of this workload: it will log responses with status 400 and above',
    undo: { run: kubectl`delete telemetry log-refusals -n ${namespace}` },
    verify: meshdoc`diagnose rbac ${podText(pod)}`,
  };
}
