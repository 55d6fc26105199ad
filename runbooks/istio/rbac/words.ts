// The evaluator's answers in words: what a request is, which condition failed, what would decide.
import { listed, podText } from '../../../src/authoring.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { optionFor } from '../../../src/model/istio/authz/flags.ts';
import { policyText, ruleText } from '../../../src/model/istio/authz/refs.ts';
import type {
  Attribute,
  Failed,
  Field,
  Held,
  Missed,
  Request,
} from '../../../src/model/istio/authz/types.ts';
import type { CallerIdentity, Plaintext } from '../../../src/model/istio/caller.ts';
import type { Subject } from './visits.ts';

export function callerText({ caller, ip, seen }: Subject): string {
  if (caller) return `${podText(caller.ref)} (service account ${caller.serviceAccount})`;
  const principal = seen.find((line) => line.principal !== undefined)?.principal;
  return principal ?? ip ?? 'an unknown caller';
}

/** `GET /api on port 8080`, `a connection to port 9000`, `a request to port 8080` */
export function requestText({ method, path, port, protocol }: Request): string {
  if (protocol === 'tcp') return `a connection to port ${port}`;
  if (method === undefined && path === undefined) return `a request to port ${port}`;
  return `${[method, path].filter((word) => word !== undefined).join(' ')} on port ${port}`;
}

/** Of no two rules is the same said: `rule 0 of shop/only-get comes closest: ...` */
export function closestText(misses: readonly Missed[]): string {
  const [closest] = misses;
  if (!closest) return 'no rule is there to match';
  const { rule, state, httpOnly } = closest;
  if (state === 'never') return `${policyText(rule.policy)} has no rules`;
  if (state === 'dropped')
    return `${ruleText(rule)} is not in the proxy: ${namesText(httpOnly)} cannot be told on a TCP port`;
  const how = misses.length === 1 ? 'wants otherwise' : 'comes closest';
  return `${ruleText(rule)} ${how}: ${failsText(closest)}`;
}

export function namesText(fields: readonly Field[]): string {
  return listed([...new Set(fields.map((field) => field.name))]);
}

export function failsText({ fails }: Missed): string {
  return listed(fails.map(failedText));
}

function failedText({ field: { name, negated, values }, got, why }: Failed): string {
  const wants = `${name} wants ${some(values)}`;
  switch (why.is) {
    case 'no-identity':
      return `${wants}, and the caller shows no identity`;
    case 'trust-domain':
      return `${name} names trust domain ${why.policy}, and the mesh's is ${why.mesh}`;
    case 'no-token':
      return `${wants}, and the request carries no token`;
    case 'absent':
      return `${wants}, and the request has none`;
    case 'not-known':
      return `${wants}, and the request's is not known`;
    case 'differs': {
      const has = gotText(name, got);
      if (negated) return `${name} excludes ${has ?? 'it'}`;
      return has === undefined ? wants : `${wants}, not ${has}`;
    }
  }
}

/** Of a principal the part that the field is about. */
function gotText(name: string, got: string | undefined): string | undefined {
  const [, namespace, account] = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(got ?? '') ?? [];
  if (namespace === undefined || account === undefined) return got;
  if (/^(notNamespaces|namespaces|source\.namespace)$/.test(name)) return namespace;
  return /serviceAccount/i.test(name) ? `${namespace}/${account}` : got;
}

function some(values: readonly string[]): string {
  const shown = values.slice(0, 3).join(' or ');
  return values.length > 3 ? `${shown} or ${values.length - 3} more` : shown || 'something';
}

/** `because the methods have GET and the principals have ...`; everything: no condition at all. */
export function heldText(holds: readonly Held[]): string {
  if (holds.length === 0) return 'it has no condition, so it matches every request';
  return `it matches by ${listed(holds.map(({ field, got, value }) => `${field.name} (${value ?? got ?? some(field.values)})`))}`;
}

export function hasNoSidecar(identity: CallerIdentity): boolean {
  return identity.is === 'plaintext' && identity.because.is === 'no-sidecar';
}

/** Why a caller shows no identity. */
export function identityText(identity: CallerIdentity): string {
  return identity.is === 'plaintext'
    ? plaintextText(identity.because)
    : 'the connection carries no identity';
}

export function plaintextText(because: Plaintext): string {
  switch (because.is) {
    case 'no-sidecar':
      return 'it has no sidecar';
    case 'ambient':
      return 'its ztunnel has no tunnel to this pod';
    case 'excluded':
      return `its annotation ${because.annotation} leaves this traffic out of the sidecar ("${because.value}")`;
    case 'destination-rule':
      return `DestinationRule ${policyText(because.tls.rule)} sets tls mode ${because.tls.mode}`;
    case 'server-disabled':
      return 'PeerAuthentication sets DISABLE at the destination';
    case 'auto-mtls-off':
      return 'the mesh has enableAutoMtls off, and no DestinationRule sets ISTIO_MUTUAL';
  }
}

const attributes: Partial<Record<Attribute['is'], string>> = {
  source: 'who calls',
  'source-ip': "the caller's address",
  'remote-ip': "the original client's address",
  'destination-ip': 'the address called',
  jwt: 'the token',
};

export function attributeText(attribute: Attribute): string {
  switch (attribute.is) {
    case 'header':
      return `the header ${attribute.name}`;
    case 'provider':
      return `the answer of the external authorizer ${attribute.name}`;
    case 'envoy-metadata':
      return `${attribute.key}, which only the proxy knows`;
    default:
      return attributes[attribute.is] ?? `the ${attribute.is}`;
  }
}

/** `--path and --method`; empty when no flag says it. */
export function optionsText(attributes: readonly Attribute[]): string {
  return listed([...new Set(attributes.flatMap((a) => optionFor(a) ?? []))]);
}

export function seenText({ times, at }: Refused): string {
  const last = at === undefined ? '' : `, last at ${new Date(at).toISOString()}`;
  return `logged ${times} ${times === 1 ? 'time' : 'times'} in the last 10 minutes${last}`;
}
