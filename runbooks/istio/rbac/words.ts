// The evaluator's answers in words: the request, the condition that failed, what the decision depends on.
import { count, listed, podText } from '../../../src/authoring.ts';
import type { Refused } from '../../../src/facts/istio/denial-log.ts';
import { optionFor } from '../../../src/model/istio/authz/flags.ts';
import { policyText } from '../../../src/model/istio/authz/refs.ts';
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

export function callerText({ caller, ip, forwards, identity, seen }: Subject): string {
  if (caller) return `${podText(caller.ref)} (service account ${caller.serviceAccount})`;
  const logged = seen.find((line) => line.principal !== undefined)?.principal;
  const principal = identity.is === 'mtls' ? identity.principal : logged;
  if (forwards === undefined) return principal ?? ip ?? 'an unknown caller';
  const where = seen[0]?.transport === 'mtls' ? 'a proxy of the mesh' : 'a proxy';
  return `${principal ?? where} (on behalf of ${forwards})`;
}

/** Why a policy does not see the client. */
export function peerText({ forwards, caller }: Subject): string | undefined {
  if (forwards === undefined || caller) return undefined;
  return `The address ${forwards} comes from X-Forwarded-For: the peer of the connection is a proxy, such as a gateway, and a policy sees the identity of that proxy, not of the client.`;
}

/** `GET /api on port 8080`, `a connection to port 9000`, `a request to port 8080` */
export function requestText({ method, path, port, protocol }: Request): string {
  if (protocol === 'tcp') return `a connection to port ${port}`;
  if (method === undefined && path === undefined) return `a request to port ${port}`;
  return `${[method, path].filter((word) => word !== undefined).join(' ')} on port ${port}`;
}

/** The failed conditions of the closest rule: `rule 0 allows methods POST, not GET` */
export function closestText(misses: readonly Missed[]): string {
  const [closest] = misses;
  if (!closest) return 'no rule exists';
  const { rule, state, httpOnly } = closest;
  if (state === 'never') return 'it has no rules';
  if (state === 'dropped' && closest.unknownKey !== undefined)
    return `the proxy does not have rule ${rule.index}, because istiod does not know its key ${closest.unknownKey}`;
  if (state === 'dropped')
    return `the proxy does not have rule ${rule.index}, because it cannot check ${namesText(httpOnly)} there`;
  const named =
    misses.length === 1 ? `rule ${rule.index}` : `the closest rule, rule ${rule.index},`;
  return `${named} ${failsText(closest)}`;
}

export function namesText(fields: readonly Field[]): string {
  return listed([...new Set(fields.map((field) => field.name))]);
}

function failsText({ fails }: Missed): string {
  return fails.map(failedText).join(', and ');
}

/** What a rule requires and the request does not have. */
export function requiresText({ fails }: Missed): string {
  return listed(fails.map(({ field: { name, values } }) => `${name} ${some(values)}`));
}

function failedText({ field: { name, negated, values }, got, why }: Failed): string {
  const requires = `requires ${name} ${some(values)}`;
  switch (why.is) {
    case 'no-identity':
      return `${requires}, but the caller has no identity`;
    case 'trust-domain':
      return `names trust domain ${why.policy} in ${name}, but the mesh's is ${why.mesh}`;
    case 'no-token':
      return `${requires}, but the request has no token`;
    case 'absent':
      return `${requires}, but the request does not have it`;
    case 'not-known':
      return `${requires}, but the value of the request is not known`;
    case 'differs': {
      const has = gotText(name, got);
      if (negated) return `excludes ${has ?? 'the request'} (${name})`;
      const allows = `allows ${name} ${some(values)}`;
      return has === undefined ? allows : `${allows}, not ${has}`;
    }
  }
}

/** The part of a principal that the field is about. */
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

/** `matches on methods (GET) and principals (...)` */
export function heldText(holds: readonly Held[]): string {
  if (holds.length === 0) return 'has no conditions, so it matches every request';
  return `matches on ${listed(holds.map(({ field, got, value }) => `${field.name} (${value ?? got ?? some(field.values)})`))}`;
}

/** The DestinationRule that makes a caller send plaintext. */
export function plaintextRule(identity: CallerIdentity): { readonly resource?: string } {
  if (identity.is !== 'plaintext' || identity.because.is !== 'destination-rule') return {};
  return { resource: `DestinationRule ${policyText(identity.because.tls.rule)}` };
}

export function hasNoSidecar(identity: CallerIdentity): boolean {
  return identity.is === 'plaintext' && identity.because.is === 'no-sidecar';
}

/** Why a caller has no identity. */
export function identityText(identity: CallerIdentity): string {
  return identity.is === 'plaintext'
    ? plaintextText(identity.because)
    : 'the connection carries no identity';
}

export function plaintextText(because: Plaintext): string {
  switch (because.is) {
    case 'no-sidecar':
      return 'the caller has no sidecar';
    case 'ambient':
      return 'the ztunnel of the caller has no tunnel to this pod';
    case 'excluded':
      return `${because.bypass.by} keeps this traffic away from the caller's sidecar`;
    case 'destination-rule':
      return `DestinationRule ${policyText(because.tls.rule)} sets tls mode ${because.tls.mode}`;
    case 'server-disabled':
      return 'PeerAuthentication sets DISABLE for the destination';
    case 'gateway':
      return 'no mutual TLS of the mesh ends at this port of the gateway';
    case 'unlabelled':
      return 'the destination has no label security.istio.io/tlsMode=istio, so automatic mutual TLS is off for it';
    case 'pod-address':
      return `the caller dials ${because.host}, the address of the pod, for which its sidecar has no mutual TLS`;
    case 'logged':
      return 'the proxy logged the connection without mutual TLS';
    case 'auto-mtls-off':
      return 'the mesh has enableAutoMtls off, and no DestinationRule sets ISTIO_MUTUAL';
  }
}

const attributes: Partial<Record<Attribute['is'], string>> = {
  source: "the caller's identity",
  'source-ip': "the caller's address",
  'remote-ip': "the original client's address",
  'destination-ip': 'the destination address',
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

/** `--path and --method`; empty when no option supplies it. */
export function optionsText(attributes: readonly Attribute[]): string {
  return listed([...new Set(attributes.flatMap((a) => optionFor(a) ?? []))]);
}

export function seenText({ times, at }: Refused): string {
  const last = at === undefined ? '' : `, last at ${new Date(at).toISOString()}`;
  return `${count(times, 'refusal')} logged in the last 10 min${last}`;
}

/** Envoy's words for a token that is over, or that comes too early (jwt_verify_lib src/status.cc). */
export function isAboutTime(reason: string): boolean {
  return /expired|not yet valid/i.test(reason);
}

/** What makes the proxy accept a token, by Envoy's words (ibid.; 60 s of grace: jwt_verify_lib/verify.h). */
export function tokenAdvice(reason: string): string | undefined {
  if (/expired/i.test(reason))
    return 'Its claim exp lies more than 60 s in the past: the caller needs a new token, unless a clock is wrong.';
  if (/not yet valid/i.test(reason))
    return 'Its claim nbf lies in the future: the clock of the issuer or of the node is wrong.';
  if (/issuer is not configured/i.test(reason))
    return 'No RequestAuthentication for this pod has the issuer in its claim iss.';
  return /audiences/i.test(reason)
    ? 'Its claim aud has no audience that the RequestAuthentication lists.'
    : undefined;
}

/** Envoy's words for a token whose signature no key fits (jwt_verify_lib src/status.cc). */
export function isAboutKeys(reason: string): boolean {
  return /verification fails|jwks/i.test(reason);
}
