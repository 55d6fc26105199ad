// Fixes that are about how a request reaches the proxy: its address, its port, its TLS.
import { count, inspect, kubectl, type Fix } from '../../../src/authoring.ts';
import { refOf } from '../../../src/model/istio/authz/parse.ts';
import { isSame, policyText, ruleText } from '../../../src/model/istio/authz/refs.ts';
import type { Field, PeerMode, RuleRef } from '../../../src/model/istio/authz/types.ts';
import type { Case } from './case.ts';
import { patch, peerAuthentications, type Blame } from './fixes.ts';

/** A field of a rule. */
export type Place = { readonly rule: RuleRef; readonly field: Field };

function generationOf({ scene }: Case, policy: RuleRef['policy']): number | undefined {
  const object = scene.authorizationPolicies.find((one) => isSame(refOf(one), policy));
  return object?.metadata.generation;
}

/** Lets the rule look at the address that the gateway forwards. */
export function byRemoteIp(c: Case, { rule, field }: Place): readonly Fix[] {
  const generation = generationOf(c, rule.policy);
  if (field.in !== 'from' || field.name !== 'ipBlocks' || generation === undefined) return [];
  const source = `/spec/rules/${rule.index}/from/${field.index}/source`;
  const value = [...field.values];
  const move = (from: string, to: string) => [
    { op: 'add', path: `${source}/${to}`, value },
    { op: 'remove', path: `${source}/${from}` },
  ];
  const test = { op: 'test', path: '/metadata/generation', value: generation };
  const moved = { op: 'test', path: `${source}/remoteIpBlocks`, value };
  return [
    {
      does: `Let ${ruleText(rule)} check the address of the client (remoteIpBlocks)`,
      run: patch(rule.policy, [test, ...move('ipBlocks', 'remoteIpBlocks')]),
      risk: 'changes-security',
      touches: `every request that ${ruleText(rule)} decides: whoever can reach the pod without the gateway can write any address into X-Forwarded-For`,
      undo: { run: patch(rule.policy, [moved, ...move('remoteIpBlocks', 'ipBlocks')]) },
      verify: c.verify,
      note: 'The gateway must see the address of the client itself: check that the rule matches the one that its log shows.',
    },
  ];
}

/** Allows a port to everybody, for callers that never have an identity. */
export function openPort(
  c: Case,
  { reads, port }: Blame & { readonly port: number },
): readonly Fix[] {
  const object = reads && c.scene.authorizationPolicies.find((one) => isSame(refOf(one), reads));
  const generation = object?.metadata.generation;
  if (!reads || generation === undefined) return [];
  const { rules } = object?.spec as { readonly rules?: readonly unknown[] };
  const value = { to: [{ operation: { ports: [String(port)] } }] };
  const at = `/spec/rules/${rules?.length ?? 0}`;
  const test = { op: 'test', path: '/metadata/generation', value: generation };
  return [
    {
      does: `Add a rule to ${policyText(reads)} that allows port ${port} to everybody`,
      run: patch(reads, [test, { op: 'add', path: '/spec/rules/-', value }]),
      risk: 'changes-security',
      touches: `port ${port} of every workload that ${policyText(reads)} selects: every caller in the network gets in, with or without an identity`,
      undo: {
        run: patch(reads, [
          { op: 'test', path: at, value },
          { op: 'remove', path: at },
        ]),
      },
      verify: c.verify,
    },
  ];
}

/** PERMISSIVE takes mutual TLS and plaintext. */
export function permit(
  { verify }: Case,
  {
    level,
    port,
    reads,
  }: Blame & { readonly level: PeerMode['by']['level']; readonly port: number },
): readonly Fix[] {
  if (!reads) return [];
  const named = policyText(reads);
  const { name, namespace } = reads;
  const set = (mode: string) => {
    const spec = level === 'port' ? { portLevelMtls: { [port]: { mode } } } : { mtls: { mode } };
    return kubectl`patch ${peerAuthentications} ${name} -n ${namespace} --type=merge
      -p ${JSON.stringify({ spec })}`;
  };
  return [
    {
      does: `Let PeerAuthentication ${named} take mutual TLS too (PERMISSIVE)`,
      run: set('PERMISSIVE'),
      risk: 'changes-security',
      touches: `every workload that ${named} selects: callers with a sidecar send mutual TLS from then on; plaintext is still taken`,
      undo: { run: set('DISABLE') },
      verify,
    },
  ];
}

const annotation = 'proxy.istio.io/config';

/** How many proxies the gateway trusts is part of its pod's config, so a change replaces its pods. */
export function trustProxies({ called, scene, verify }: Case, needed: number): readonly Fix[] {
  const read = inspect(
    'Read gatewayTopology in the mesh configuration',
    kubectl`get configmap istio -n ${scene.root} -o jsonpath={.data.mesh}`,
    verify,
  );
  const { workload, annotations } = called;
  if (workload?.kind !== 'Deployment' || annotations[annotation] !== undefined) return [read];
  const { name, namespace } = workload;
  const set = (value: string | null) => {
    const template = { metadata: { annotations: { [annotation]: value } } };
    return kubectl`patch ${`deployment/${name}`} -n ${namespace} --type=merge
      -p ${JSON.stringify({ spec: { template } })}`;
  };
  const topology = JSON.stringify({ gatewayTopology: { numTrustedProxies: needed } });
  return [
    read,
    {
      does: `Let gateway ${namespace}/${name} trust ${count(needed, 'proxy', 'proxies')} in front of it`,
      run: set(topology),
      risk: 'changes-security',
      touches: `every pod of deployment/${name}, replaced one after another, and every rule with remoteIpBlocks there`,
      undo: { run: set(null) },
      verify,
      note: `Only if every request passes ${count(needed, 'proxy', 'proxies')} before it reaches the gateway: with fewer, a client can choose its own address.`,
    },
  ];
}
