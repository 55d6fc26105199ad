// Fixes for a refused request: the smallest change of policy, as a patch that fails when the policy has changed since,
// each with its undo and with what else it lets through.
import {
  destinationText,
  inspect,
  kubectl,
  meshdoc,
  podText,
  words,
  type Command,
  type Fix,
  type KubeObject,
  type PodRef,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { PolicyRef, Repair, Request } from '../../../src/model/istio/authz/types.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Picture } from './picture.ts';
import { policyText } from './words.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';

const authorizationPolicies = 'authorizationpolicies.security.istio.io';
export const peerAuthentications = 'peerauthentications.security.istio.io';

/** Asks the same of the same request: quick, and it only reads. */
export function again(
  { destination }: Picture,
  caller: Pod | undefined,
  { port, path, method, headers }: Request,
): Command {
  const called = destinationText({ ...destination, port: destination.port ?? port });
  const flags = [
    ...(path === undefined ? [] : [words`--path ${path}`]),
    ...(method === undefined ? [] : [words`--method ${method}`]),
    ...Object.entries(headers).flatMap(([name, value]) =>
      value === null ? [] : [words`--header ${name}=${value}`],
    ),
  ];
  return meshdoc`diagnose rbac ${caller ? [podText(caller.ref)] : []} ${called} ${flags}`;
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
  const { policy, verb, run, undo } = one.is === 'patch' ? patching(one) : creating(one.object);
  const owner = one.is === 'patch' ? ownerIn(policies, policy) : undefined;
  const named = policyText(policy);
  const notes = [
    ...(one.next ? ['It is not enough alone: the next change is needed too.'] : []),
    ...(owner === undefined ? [] : [`${owner} owns ${named}: change it there, or it comes back.`]),
  ];
  return {
    does: `${verb} ${named}: this ${one.does.replace(/\.$/, '')}`,
    run,
    risk: 'changes-security',
    touches:
      one.alsoAllows === undefined
        ? 'this request alone'
        : `more than this request: ${one.alsoAllows.replace(/\.$/, '')}`,
    undo: { run: undo },
    verify,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  };
}

function patching({ policy, patch, undo }: Extract<Repair, { is: 'patch' }>) {
  const { name, namespace } = policy;
  const command = (ops: typeof patch) =>
    kubectl`patch ${authorizationPolicies} ${name} -n ${namespace}
      --type=json -p ${JSON.stringify(ops)}`;
  return { policy, verb: 'Patch', run: command(patch), undo: command(undo) };
}

function creating(object: KubeObject) {
  const { namespace = '', name } = object.metadata;
  return {
    policy: { namespace, name },
    verb: 'Add',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(object) },
    undo: kubectl`delete ${authorizationPolicies} ${name} -n ${namespace}`,
  };
}

function ownerIn(
  policies: readonly KubeObject[],
  { namespace, name }: PolicyRef,
): string | undefined {
  const object = policies.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  );
  return object && ownerOf(object);
}

/** Of a policy that somebody would put back. */
export function avoidEdit(
  policies: readonly KubeObject[],
  policy: PolicyRef | undefined,
): string | undefined {
  const owner = policy && ownerIn(policies, policy);
  return owner && `Do not edit ${policyText(policy)} by hand: ${owner} owns it and puts it back.`;
}

/** Reads the policy that decides; none where none is to blame. */
export function readPolicy(
  policy: PolicyRef | undefined,
  verify: Command,
  kind = authorizationPolicies,
): readonly Fix[] {
  if (!policy) return [];
  const { name, namespace } = policy;
  return [
    inspect(
      `Read ${policyText(policy)}`,
      kubectl`get ${kind} ${name} -n ${namespace} -o yaml`,
      verify,
    ),
  ];
}

/** Takes a policy out of force and keeps it: no pod has the label that it selects then. */
export function parkPolicy(policy: PolicyRef, verify: Command): Fix {
  const named = policyText(policy);
  const patch = (parked: string | null) =>
    kubectl`patch ${authorizationPolicies} ${policy.name} -n ${policy.namespace} --type=merge
      -p ${JSON.stringify({ spec: { selector: { matchLabels: { parked } } } })}`;
  return {
    does: `Park ${named}: let it select pods labelled parked=true, which there are none of`,
    run: patch('true'),
    risk: 'changes-security',
    touches: `every workload that ${named} selects now: it denies nothing there any more`,
    undo: { run: patch(null) },
    verify,
  };
}

export function readPorts(namespace: string, verify: Command): Fix {
  const run = kubectl`get services -n ${namespace} -o wide`;
  return inspect('See how the ports are named', run, verify);
}

export function readIssuers(namespace: string, verify: Command): Fix {
  const run = kubectl`get requestauthentications -n ${namespace} -o yaml`;
  return inspect('Read which issuers are accepted', run, verify);
}

export function readClientRules({ ref }: Pod, verify: Command): Fix {
  const run = kubectl`get destinationrules -n ${ref.namespace} -o yaml`;
  return inspect('Read what keeps the caller from mutual TLS', run, verify);
}

export function readProviders(root: string, verify: Command): Fix {
  const run = kubectl`get configmap istio -n ${root} -o jsonpath={.data.mesh}`;
  return inspect('Read the extensionProviders of the mesh configuration', run, verify);
}

export function readEndpoints(pod: PodRef, verify: Command): Fix {
  const run = istioctl`proxy-config endpoints ${pod.name}.${pod.namespace} --status unhealthy`;
  return inspect('See whether the proxy has endpoints for it', run, verify);
}

export function readApplication({ ref, containers }: Pod, verify: Command): Fix {
  const main = containers.find((c) => c.role === 'main' && c.name !== 'istio-proxy');
  const run = kubectl`logs ${ref.name} -n ${ref.namespace} -c ${main?.name ?? ''} --tail=50`;
  return inspect("Read the application's log", run, verify);
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
  const telemetry = {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: { name: 'log-refusals', namespace },
    spec: { selector: { matchLabels }, accessLogging },
  };
  return {
    does: 'Log what this workload refuses',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(telemetry) },
    risk: 'changes-config',
    touches: 'the access log of this workload: answers of 400 and above alone',
    undo: { run: kubectl`delete telemetry log-refusals -n ${namespace}` },
    verify: meshdoc`diagnose rbac ${podText(pod)}`,
  };
}

export function seeInjection({ namespace, name }: PodRef): Fix {
  return inspect('See why it was not injected', istioctl`x check-inject ${name} -n ${namespace}`);
}
