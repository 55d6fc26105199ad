// Why a request is refused, one row per reason: what is said, what it means, what fixes it.
import { dotted, inspect, kubectl, table, type SlotValue } from '../../../src/authoring.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import { proxyName } from '../../../src/model/istio/mesh-pod.ts';
import { readApplication } from '../../shared/kube/fixes.ts';
import { byRemoteIp, openPort, permit, trustProxies, type Place } from './connection-fixes.ts';
import type { PeerMode } from '../../../src/model/istio/authz/types.ts';
import type { Asked, Case } from './case.ts';
import {
  mend,
  parkPolicy,
  peerAuthentications,
  readBlamed,
  readClientRules,
  readIssuers,
  readPorts,
  readRefused,
  type Blame,
} from './fixes.ts';
import { isAboutTime } from './words.ts';

/** A reason, and the slots that its sentences need beside those of the request. */
type Because<K extends string, Names extends string> = K extends string
  ? { readonly is: K } & Readonly<Record<Names, SlotValue>>
  : never;
type WithoutIdentity = 'caller-without-sidecar' | 'gateway-without-identity' | 'dials-pod-address';
export type Reason =
  | Because<'deny-rule', 'rule' | 'because' | 'why'>
  | Because<'deny-widened', 'rule' | 'fields'>
  | Because<'deny-all', 'resource'>
  | Because<'no-allow', 'resource' | 'closest' | 'others' | 'peer'>
  | Because<WithoutIdentity | 'token-missing', 'rule' | 'requires'>
  | (Because<'port-in-no-service', 'rule' | 'requires'> & { readonly port: number })
  | Because<'plaintext-caller', 'rule' | 'because' | 'requires'>
  | (Because<'ip-behind-gateway', 'rule' | 'field' | 'requires'> & { readonly place: Place })
  | (Because<'forwarded-for-ignored', 'rule' | 'requires' | 'client' | 'got' | 'trusted'> & {
      readonly needed: number;
    })
  | (Because<'handshake-fails', 'resource' | 'policy'> & {
      readonly port: number;
      readonly level: PeerMode['by']['level'];
    })
  | Because<'trust-domain', 'rule' | 'named' | 'mesh'>
  | (Because<'allow-dropped', 'rule' | 'mismatch'> & { readonly onPort: boolean })
  | Because<'unknown-provider', 'rule' | 'provider' | 'fault' | 'known'>
  | Because<'dry-run-enforced', 'rule'>
  | (Because<'jwt-refused', 'advice'> & { readonly reason: string })
  | Because<'ext-authz-denied' | 'ext-authz-unreachable', 'provider' | 'policy' | 'service'>
  | Because<'strict-without-sidecar', 'port' | 'policy'>
  | Because<'strict-plaintext', 'port' | 'policy' | 'because'>
  | Because<'application-refuses', 'status'>;

const strict =
  'This is mutual TLS, not RBAC: {policy} sets STRICT, so the proxy closes the connection before it reads any request.';

export const refusals = table<Reason & Blame & Asked, Case>()({
  'deny-rule': {
    says: '{rule} denies {request} from {src} to {pod}.',
    means: 'The rule {why}. {because} DENY is checked before ALLOW, so no ALLOW policy helps.',
    fixes: mend,
  },
  'deny-widened': {
    says: '{rule} denies {request} from {src} to {pod}: on a TCP port the proxy ignores {fields}.',
    means:
      'Without its HTTP fields, the DENY rule matches more connections than it says. If the port carries HTTP, give it a name that begins with http-.',
    fixes: (c, reason) => mend(c, reason, readPorts(c)),
  },
  'deny-all': {
    says: '{resource} allows nothing, so {request} from {src} to {pod} is denied.',
    means:
      'An ALLOW policy without rules matches nothing, and once a workload has an ALLOW policy, anything not explicitly allowed is denied. No other ALLOW policy allows this.',
    fixes: mend,
  },
  'no-allow': {
    says: '{resource} does not allow {request} from {src} to {pod}.',
    means:
      '{closest}. Once a workload has an ALLOW policy, anything not explicitly allowed is denied. {others} {peer}',
    fixes: mend,
  },
  'caller-without-sidecar': {
    says: '{src} has no sidecar, so it has no identity, and {pod} denies {request}.',
    means:
      '{rule} requires {requires}, and only mutual TLS carries an identity. As long as the rule requires one, no change of the policy lets this caller in.',
    fixes: readBlamed,
    follow: { runbook: 'injection' },
    see: ['injection'],
  },
  'port-in-no-service': {
    says: '{src} has no sidecar, so it has no identity, and {pod} denies {request}, a port that no Service has.',
    means:
      '{rule} requires {requires}, and a caller outside the mesh, such as a metrics scraper, never has an identity. Allow this port without one, or scrape port 15020, where the sidecar serves the metrics of the application too.',
    fixes: (c, reason) => [...readBlamed(c, reason), ...openPort(c, reason)],
  },
  'gateway-without-identity': {
    says: '{rule} requires {requires}, but no identity reaches gateway {pod}, so {request} from {src} is denied.',
    means:
      'A policy sees an identity only where mutual TLS of the mesh ends, and this port of the gateway does not ask for a certificate. Choose clients by remoteIpBlocks, by a token (requestPrincipals), or by hosts and paths.',
    fixes: readBlamed,
  },
  'dials-pod-address': {
    says: '{src} dials the address of {pod} in place of its Service, so {request} has no identity and is denied.',
    means:
      '{rule} requires {requires}. The sidecar of the caller does not know the addresses of single pods, and passes such a connection on in plaintext (PassthroughCluster). Call the Service by its name.',
    fixes: readBlamed,
  },
  'plaintext-caller': {
    says: '{because}, so {request} from {src} to {pod} has no identity and is denied.',
    means: '{rule} requires {requires}, and only mutual TLS carries an identity.',
    fixes: (c) => [readClientRules(c)],
  },
  'ip-behind-gateway': {
    says: '{rule} checks {field}, which never sees a client behind a gateway, so {request} from {src} to {pod} is denied.',
    means:
      'It requires {requires}. Behind a gateway only remoteIpBlocks sees the address of the client, from X-Forwarded-For. Adding the address of the gateway here would allow everybody behind it.',
    fixes: (c, { place, reads }) => [...readBlamed(c, { reads }), ...byRemoteIp(c, place)],
  },
  'forwarded-for-ignored': {
    says: '{rule} requires {requires}, but the gateway {pod} takes {got} for the client in place of {client}, so {request} is denied.',
    means:
      '{client} stands in X-Forwarded-For, and the gateway trusts {trusted} proxies in front of it (gatewayTopology.numTrustedProxies). Without enough of them it takes the address of the load balancer for the client.',
    fixes: (c, reason) => [...readBlamed(c, reason), ...trustProxies(c, reason.needed)],
  },
  'trust-domain': {
    says: '{rule} names foreign trust domain {named}, so {request} from {src} to {pod} is denied.',
    means:
      'A principal begins with the trust domain of the mesh ({mesh}) or one of its aliases, so this rule cannot match any caller here.',
    fixes: mend,
  },
  'allow-dropped': {
    says: '{rule} is dropped, so {request} from {src} to {pod} is denied.',
    means:
      'The rule {mismatch}, so Istio drops it. No other ALLOW rule matches, and anything not explicitly allowed is denied.',
    fixes: (c, reason) => mend(c, reason, ...(reason.onPort ? [readPorts(c)] : [])),
  },
  'unknown-provider': {
    says: '{rule} asks external authorizer {provider}, but {fault}, so {request} from {src} to {pod} is denied.',
    means:
      'istiod turns a CUSTOM rule that it cannot pass on into a DENY rule. The mesh configuration has these providers: {known}.',
    fixes: (c, reason) => [
      inspect(
        'Read the extensionProviders of the mesh configuration',
        kubectl`get configmap istio -n ${c.scene.root} -o jsonpath={.data.mesh}`,
        c.verify,
      ),
      ...readBlamed(c, reason),
    ],
  },
  'dry-run-enforced': {
    says: '{rule} denies {request} from {src} to {pod}, although it is a dry run.',
    means:
      'Istio 1.31 enforces the rules of a dry-run CUSTOM policy as a DENY, and does not ask the external authorizer.',
    fixes: (c, reason) => [...readBlamed(c, reason), ...parkPolicy(c, reason)],
  },
  'token-missing': {
    says: '{rule} requires a token; {request} from {src} to {pod} has no accepted token and is denied.',
    means:
      'RequestAuthentication lets a request without a token pass, but this ALLOW rule does not. It requires {requires}.',
    fixes: (c, reason) => [...readBlamed(c, reason), readIssuers(c)],
  },

  // Not RBAC.
  'jwt-refused': {
    says: 'RequestAuthentication refuses the token of {request} from {src} to {pod}: {reason}.',
    means:
      '{advice} This is not RBAC: no ALLOW or DENY policy was checked. The answer is 401, or 403 for a wrong audience.',
    fixes: (c, { reason }) => [isAboutTime(reason) ? readRefused(c) : readIssuers(c)],
  },
  'ext-authz-denied': {
    says: 'External authorizer {provider} denies {request} from {src} to {pod}.',
    means:
      'This is not an ALLOW or DENY rule: {policy} sends such requests to {service}. Only the log of the authorizer says why it denied this one.',
    fixes: readBlamed,
  },
  'ext-authz-unreachable': {
    says: 'External authorizer {provider} does not answer, so {pod} denies {request} from {src}.',
    means: '{policy} sends such requests to {service}. A request that cannot be checked is denied.',
    fixes: (c, reason) => [
      inspect(
        'See which endpoints the proxy finds unhealthy',
        istioctl`proxy-config endpoints ${dotted(c.called.ref)} --status unhealthy`,
        c.verify,
      ),
      ...readBlamed(c, reason),
    ],
  },
  'strict-without-sidecar': {
    says: '{src} has no sidecar and sends plaintext, but port {port} of {pod} accepts only mutual TLS.',
    means: strict,
    fixes: (c, reason) => readBlamed(c, reason, peerAuthentications),
    follow: { runbook: 'injection' },
    see: ['injection'],
  },
  'strict-plaintext': {
    says: '{because}, so {src} sends plaintext, but port {port} of {pod} accepts only mutual TLS.',
    means: strict,
    fixes: (c, reason) => [readClientRules(c), ...readBlamed(c, reason, peerAuthentications)],
  },
  'handshake-fails': {
    says: '{resource} makes {src} send mutual TLS, but port {port} of {pod} takes none, so {request} fails.',
    means:
      '{policy} sets DISABLE there, so the TLS handshake fails before any policy is checked. The proxy of the caller answers 503 (flags UF or UC).',
    fixes: (c, { level, port, reads }) => [
      readClientRules(c),
      ...readBlamed(c, { reads }, peerAuthentications),
      ...permit(c, { level, port, reads }),
    ],
  },
  'application-refuses': {
    says: 'The application in {pod} itself answers {status} to {request} from {src}.',
    means:
      'The proxy passed the request on, and the answer came back from the container: no policy of the mesh denies it.',
    fixes: ({ called, verify }) => {
      const main = called.containers.find((c) => c.role === 'main' && c.name !== proxyName);
      return main ? [readApplication(called.ref, main.name, verify)] : [];
    },
  },
});
