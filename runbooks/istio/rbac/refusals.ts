// Why a request is refused, one row a reason: what is said, what follows from it, what mends it.
import { dotted, inspect, kubectl, table, type SlotValue } from '../../../src/authoring.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import { proxyName } from '../../../src/model/istio/mesh-pod.ts';
import { readApplication } from '../../shared/kube/fixes.ts';
import type { Asked, Case } from './case.ts';
import {
  mend,
  parkPolicy,
  peerAuthentications,
  readBlamed,
  readClientRules,
  readIssuers,
  readPorts,
  type Blame,
} from './fixes.ts';

/** A reason, and what its sentences name beside the request. */
type Because<K extends string, Names extends string> = K extends string
  ? { readonly is: K } & Readonly<Record<Names, SlotValue>>
  : never;
export type Reason =
  | Because<'deny-rule', 'rule' | 'because' | 'why'>
  | Because<'deny-widened', 'rule' | 'fields'>
  | Because<'deny-all', 'policy'>
  | Because<'no-allow', 'closest' | 'inForce'>
  | Because<'caller-without-sidecar' | 'token-missing', 'rule' | 'closest'>
  | Because<'plaintext-caller', 'rule' | 'because' | 'closest'>
  | Because<'trust-domain', 'rule' | 'named' | 'mesh'>
  | Because<'allow-dropped', 'rule' | 'fields' | 'where'>
  | Because<'unknown-provider', 'rule' | 'provider' | 'trouble' | 'known'>
  | Because<'dry-run-enforced', 'rule'>
  | Because<'jwt-refused', 'reason'>
  | Because<'ext-authz-denied' | 'ext-authz-unreachable', 'provider' | 'policy' | 'service'>
  | Because<'strict-without-sidecar', 'port' | 'policy'>
  | Because<'strict-plaintext', 'port' | 'policy' | 'because'>
  | Because<'application-refuses', 'status'>;

const strict =
  'This is mutual TLS, not RBAC: {policy} sets STRICT, so the connection is closed before any request is read.';

export const refusals = table<Reason & Blame & Asked, Case>()({
  'deny-rule': {
    says: '{src} is denied {request} at {pod}: {rule} denies it.',
    means: 'DENY is asked before any ALLOW, so no ALLOW policy helps: {why}. {because}',
    fixes: mend,
  },
  'deny-widened': {
    says: '{src} is denied {request} at {pod}: {rule} covers the whole port, which is TCP to the proxy.',
    means:
      'On a TCP port {fields} cannot be told, so the proxy leaves them out of a DENY and every connection matches. Name the port http- if it carries HTTP.',
    fixes: (c, reason) => mend(c, reason, readPorts(c)),
  },
  'deny-all': {
    says: '{src} is denied {request} at {pod}: {policy} allows nothing.',
    means:
      'An ALLOW policy without rules never matches, and once any ALLOW policy is in force whatever none of them allows is denied. No other one allows this.',
    fixes: mend,
  },
  'no-allow': {
    says: '{src} is denied {request} at {pod}: no ALLOW rule matches, and {closest}.',
    means:
      'Once any ALLOW policy is in force for a workload, whatever none of them allows is denied. In force here: {inForce}.',
    fixes: mend,
  },
  'caller-without-sidecar': {
    says: '{src} is denied {request} at {pod}: {rule} wants an identity, and the caller has no sidecar to show one.',
    means:
      'Only mutual TLS carries an identity. {closest}. No change of the policy that keeps it would let this caller in.',
    fixes: readBlamed,
    follow: { runbook: 'injection' },
    see: ['injection'],
  },
  'plaintext-caller': {
    says: '{src} is denied {request} at {pod}: {rule} wants an identity, and the connection is plaintext: {because}.',
    means: 'Only mutual TLS carries an identity. {closest}.',
    fixes: (c) => [readClientRules(c)],
  },
  'trust-domain': {
    says: "{src} is denied {request} at {pod}: {rule} names trust domain {named}, and the mesh's is {mesh}.",
    means:
      'A principal begins with the trust domain of the mesh or one of its aliases, so this rule can match nobody here.',
    fixes: mend,
  },
  'allow-dropped': {
    says: '{src} is denied {request} at {pod}: the proxy does not have {rule}, for {where}.',
    means:
      '{fields} are of HTTP. There the proxy drops an ALLOW rule that has any of them, and a port without an ALLOW rule that matches is closed.',
    fixes: (c, reason) => mend(c, reason, readPorts(c)),
  },
  'unknown-provider': {
    says: '{src} is denied {request} at {pod}: {rule} asks the external authorizer {provider}, and {trouble}.',
    means:
      'istiod makes a DENY of a CUSTOM rule that it cannot pass on. Providers there are: {known}.',
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
    says: '{src} is denied {request} at {pod}: {rule} is a dry run, and denies all the same.',
    means:
      'Istio 1.31 enforces the rules of a dry-run CUSTOM policy as a DENY; no external authorizer is asked for its opinion.',
    fixes: (c, reason) => [...readBlamed(c, reason), ...parkPolicy(c, reason)],
  },
  'token-missing': {
    says: '{src} is denied {request} at {pod}: {rule} wants a token, and the request carries none that was accepted.',
    means:
      'RequestAuthentication lets a request without a token pass; the ALLOW rule is what wants one. {closest}.',
    fixes: (c, reason) => [...readBlamed(c, reason), readIssuers(c)],
  },

  // Not RBAC.
  'jwt-refused': {
    says: '{src} is refused {request} at {pod} by RequestAuthentication, not by RBAC: {reason}.',
    means:
      'The answer is 401: a token came along that no issuer here accepts. No policy was asked.',
    fixes: (c) => [readIssuers(c)],
  },
  'ext-authz-denied': {
    says: '{src} is refused {request} at {pod} by the external authorizer {provider}, not by RBAC.',
    means: '{policy} sends such requests to {service}, which said no. Only its log says why.',
    fixes: readBlamed,
  },
  'ext-authz-unreachable': {
    says: 'The external authorizer {provider} does not answer, so {pod} refuses {request} from {src}.',
    means:
      '{policy} sends such requests to {service}, and a request that cannot be checked is denied.',
    fixes: (c, reason) => [
      inspect(
        'See whether the proxy has endpoints for it',
        istioctl`proxy-config endpoints ${dotted(c.called.ref)} --status unhealthy`,
        c.verify,
      ),
      ...readBlamed(c, reason),
    ],
  },
  'strict-without-sidecar': {
    says: '{pod} refuses plaintext at port {port}, and {src} has no sidecar to send anything else.',
    means: strict,
    fixes: (c, reason) => readBlamed(c, reason, peerAuthentications),
    follow: { runbook: 'injection' },
    see: ['injection'],
  },
  'strict-plaintext': {
    says: '{pod} refuses plaintext at port {port}, and {src} sends plaintext: {because}.',
    means: strict,
    fixes: (c, reason) => [...readBlamed(c, reason, peerAuthentications), readClientRules(c)],
  },
  'application-refuses': {
    says: 'The application in {pod} answers {status} itself to {src}: no policy of the mesh refuses {request}.',
    means: 'The proxy passed the request on and the answer came back from the container.',
    fixes: ({ called, verify }) => {
      const main = called.containers.find((c) => c.role === 'main' && c.name !== proxyName);
      return [readApplication(called.ref, main?.name ?? '', verify)];
    },
  },
});
