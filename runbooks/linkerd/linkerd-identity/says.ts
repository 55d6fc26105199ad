// What `linkerd-identity` can say: whose certificate it is, when it ended, and who is affected by that one.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

/** identity verifies its issuer by the clock before it signs (linkerd2 pkg/identity/service.go ensureIssuerStillValid). */
const signsNothing =
  'linkerd-identity signs nothing: proxies go on with the certificates they have, no longer than a day by default, and no new pod gets ready.';

/** Everything `linkerd-identity` can say, by code. */
export const findings = {
  // Anchors.
  'anchor-expired': cause('The trust anchor {subject} expired {when}.', {
    means: `${signsNothing} Proxies themselves do not look at an anchor's dates.`,
  }),
  'anchor-early': cause('The trust anchor {subject} is not valid yet: it begins {when}.', {
    means: `${signsNothing} Either the anchor was made for later, or a clock is wrong.`,
  }),
  'anchors-unreadable': cause(
    'ConfigMap {root}/linkerd-identity-trust-roots holds no certificate that can be read.',
    {
      means:
        'linkerd-identity does not start without anchors, and proxies that start now trust nobody.',
    },
  ),
  'anchor-unused': contributor('The bundle still holds {subject}, which expired {when}.', {
    means:
      'No certificate of the mesh needs it, so nothing fails by it; linkerd check calls it an error.',
  }),
  'anchor-ends-soon': contributor('The trust anchor {subject} ends {when}.', {
    means:
      'Once it ends linkerd-identity signs nothing. Its replacement takes two restarts of every meshed pod, so begin in time.',
  }),
  'anchor-key': contributor(
    'The trust anchor {subject} is not of a kind that Linkerd supports: {why}.',
    { means: 'linkerd check stops at it, and so do linkerd install and upgrade.' },
  ),
  // The issuer.
  'issuer-kept': cause(
    'linkerd-identity signs with an issuer that ends {when}, and {who} has one that ends {newer}.',
    {
      means:
        'It did not take the new one when it came (linkerd2 issue 15109). No certificate outlives the issuer that signed it, so the whole mesh ends with the old one.',
    },
  ),
  'issuer-expired': cause('The issuer {subject} expired {when}.', {
    means:
      'No certificate outlives the issuer that signed it, so those of all proxies ended with it: connections between pods fail as they are made anew, and no new pod gets ready.',
  }),
  'issuer-early': cause('The issuer {subject} is not valid yet: it begins {when}.', {
    means: `${signsNothing} Either it was made for later, or a clock is wrong.`,
  }),
  'issuer-untrusted': cause(
    'The issuer {subject} is signed by none of the trust anchors in {root}/linkerd-identity-trust-roots.',
    {
      means:
        'Proxies that start now refuse whatever it signed (UnknownIssuer); those that run trust the anchors they were given when they were created. {anchors}',
      avoid: 'Do not restart workloads before issuer and anchors agree: what runs may still work.',
    },
  ),
  'issuer-unfit': cause('The certificate {subject} may not sign those of proxies: {why}.', {
    means: 'linkerd-identity refuses to start with it, and proxies refuse what it signed.',
  }),
  'issuer-refused': cause('linkerd-identity did not take its new issuer: {line}.', {
    means:
      'It goes on with the old one until that ends. It reads the anchors only when it starts, so after a change of the anchors a restart may be all that is missing.',
  }),
  'issuer-ends-soon': contributor('The issuer {subject} ends {when}.', {
    means: 'Once it ends, so does every certificate of the mesh, and no new pod gets ready.',
  }),
  'issuer-key': contributor('The issuer {subject} is not of a kind that Linkerd supports: {why}.', {
    means:
      'linkerd check stops at it. linkerd-identity signs with ECDSA and SHA-256, which no RSA and no Ed25519 key can.',
  }),
  'renewal-fails': contributor('cert-manager does not renew {managed}: {line}.', {
    means: 'What it keeps ends {when}, and nobody else replaces it.',
  }),
  // The service that signs.
  'identity-down': cause('linkerd-identity has no pod that is ready: {why}.', {
    means:
      'Nobody signs certificates: proxies go on with those they have, no longer than a day by default, and no new pod gets ready.',
  }),
  'identity-refuses': cause('linkerd-identity signs nothing: {line}.', {
    means: 'It answers proxies with this, so they get no certificate.',
  }),
  'identity-blocked': cause(
    'NetworkPolicy {policy} keeps {pod} from linkerd-identity, port 8080.',
    {
      means:
        'Its proxy gets no certificate and the pod does not get ready. Whether policies are enforced at all is for the network plugin to say.',
    },
  ),
  'identity-unreachable': cause('The proxy in {pod} does not reach linkerd-identity: {line}.', {
    means:
      'It gets no certificate, so the pod does not get ready, or loses the mesh when the one it has ends.',
  }),
  // Proxies.
  'anchors-differ': cause(
    '{pods} does not trust the issuer: its anchors are others than those of the mesh.',
    {
      means:
        'A pod keeps the anchors it was given when it was created. These and the pods with the new anchors refuse each other (UnknownIssuer), and get no new certificate. {which}',
    },
  ),
  'anchors-old': contributor('{pods} holds other anchors than the bundle has now.', {
    means:
      'The issuer is trusted all the same. Restart them before an anchor is taken out of the bundle, or the issuer is replaced. {which}',
  }),
  'trust-domain-differs': cause('{pods} asks for a name of another trust domain than {domain}.', {
    means:
      'linkerd-identity signs names of its own trust domain alone, so these get no new certificate. {which}',
  }),
  'clock-skew': cause('{whose} is off by {by}: {line}.', {
    means:
      'Linkerd allows for 20 seconds. Certificates that begin later by a clock than now are refused as not valid yet.',
  }),
  // With an identity that signs, the expired certificate is what keeps its proxy from the next one: it presents it to
  // identity's own proxy, which ends the connection.
  'leaf-locked-out': cause(
    '{pods} has a certificate that expired {when}, and gets no new one with it.',
    {
      means:
        'linkerd-identity signs, but lets nobody in who comes with an expired certificate, so the proxy does not recover by itself. Connections from and to these pods fail as they are made anew. Why it did not renew in time may be long over, as when linkerd-identity was down or its issuer had expired. {which}',
    },
  ),
  'leaf-expired': symptom('{pods} has a certificate that expired {when}.', {
    means:
      'Connections from and to these pods fail as they are made anew. A proxy renews long before the end, so something kept it from that. Once it has ended only a restart helps: linkerd-identity lets nobody in who comes with it. {which}',
  }),
  'leaf-overdue': symptom(
    '{pods} should have a new certificate by now, and has one that ends {when}.',
    {
      means:
        'A proxy asks for the next one after 70 % of the time it has. If nothing changes these leave the mesh when theirs ends. {which}',
    },
  ),
  'no-leaf': symptom('{pods} presents no certificate: {why}.', {
    means:
      'Until a proxy has one the pod is not ready, and meshed pods do not reach it with mTLS. {which}',
  }),
  // What the API server calls.
  'webhook-expired': cause('The certificate of {name} expired {when}.', { means: '{effect}' }),
  'webhook-no-bundle': cause('{name} has no caBundle that can be read.', {
    means: 'The API server trusts nobody who answers there. {effect}',
  }),
  'webhook-untrusted': cause(
    '{pod} serves a certificate that the caBundle of {name} does not trust: {why}.',
    { means: '{effect}' },
  ),
  'webhook-ends-soon': contributor('The certificate of {name} ends {when}.', {
    means: 'Then: {effect}',
  }),
  'tap-unavailable': contributor('The API of tap is not available: {line}.', {
    means: 'linkerd viz tap and top do not work; metrics and traffic do.',
  }),
  // linkerd check.
  'check-says': cause('linkerd check fails at "{description}": {line}.', {
    means:
      'It reads the Secrets of the control plane with your rights, which meshdoc does not; what it says may be seen there alone.',
  }),
};
export const tell = tells(findings);
