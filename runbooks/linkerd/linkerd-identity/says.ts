// What `linkerd-identity` can say: which certificate is bad, since when, and who is affected.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

/** identity checks its issuer against the clock before it signs (linkerd2 pkg/identity/service.go ensureIssuerStillValid). */
const signsNothing =
  'linkerd-identity signs no certificates: proxies keep the ones they have, for a day at most by default, and new pods never become ready.';

/** Everything `linkerd-identity` can say, by code. */
export const findings = {
  // Anchors.
  'anchor-expired': cause('The trust anchor {subject} expired {when}.', {
    means: `${signsNothing} Proxies themselves do not check the dates of an anchor.`,
  }),
  'anchor-early': cause('The trust anchor {subject} is not valid yet: it becomes valid {when}.', {
    means: `${signsNothing} Either the anchor is meant for later, or a clock is wrong.`,
  }),
  'anchors-unreadable': cause(
    'ConfigMap {root}/linkerd-identity-trust-roots holds no readable certificate.',
    {
      means:
        'linkerd-identity does not start without trust anchors, and proxies that start now trust nobody.',
    },
  ),
  'anchor-unused': contributor(
    'The trust anchor {subject} expired {when} and is still in the bundle.',
    {
      means:
        'No certificate of the mesh needs it, so nothing fails; linkerd check reports it as an error.',
    },
  ),
  'anchor-ends-soon': contributor('The trust anchor {subject} expires {when}.', {
    means:
      'After that, linkerd-identity signs nothing. To replace it you must restart every meshed pod twice, so start in time.',
  }),
  'anchor-key': contributor(
    'The trust anchor {subject} is of a kind that Linkerd does not support: {why}.',
    { means: 'linkerd check fails and stops there, and so do linkerd install and upgrade.' },
  ),
  // The issuer.
  'issuer-kept': cause(
    'linkerd-identity signs with an old issuer that expires {when}; {who} has a new one that expires {newer}.',
    {
      means:
        'It did not load the new issuer when that arrived (linkerd2 issue 15109). No certificate outlives its issuer, so the whole mesh loses its certificates when the old one expires.',
    },
  ),
  'issuer-expired': cause('The issuer {subject} expired {when}.', {
    means: 'linkerd-identity signs nothing with it, so new pods never become ready. {leafs}',
    avoid: 'Do not restart workloads before the issuer is replaced: new pods never become ready.',
  }),
  'issuer-early': cause('The issuer {subject} is not valid yet: it becomes valid {when}.', {
    means: `${signsNothing} Either the issuer is meant for later, or a clock is wrong.`,
  }),
  'issuer-untrusted': cause(
    'The issuer {subject} is not signed by any trust anchor in {root}/linkerd-identity-trust-roots.',
    {
      means:
        'Proxies that start now reject every certificate it signed (UnknownIssuer); running proxies trust the anchors they got when they were created. {anchors}',
      avoid:
        'Do not restart workloads before issuer and anchors match: running pods may still work.',
    },
  ),
  'issuer-unfit': cause('The certificate {subject} cannot sign proxy certificates: {why}.', {
    means: 'linkerd-identity refuses to start with it, and proxies reject what it signed.',
  }),
  'issuer-refused': cause('linkerd-identity rejected its new issuer: {line}.', {
    means:
      'It keeps the old one until that expires. It reads the trust anchors only at startup, so if they changed, a restart may be enough.',
  }),
  'issuer-ends-soon': contributor('The issuer {subject} expires {when}.', {
    means: 'Every certificate of the mesh expires with it, and new pods never become ready.',
  }),
  'issuer-key': contributor(
    'The issuer {subject} is of a kind that Linkerd does not support: {why}.',
    {
      means:
        'linkerd check fails and stops there. linkerd-identity signs with ECDSA and SHA-256, which an RSA or Ed25519 key cannot do.',
    },
  ),
  'renewal-fails': contributor('Certificate {managed}: cert-manager does not renew it: {line}.', {
    means: 'It expires {when}, and nothing else replaces it.',
  }),
  // The service that signs.
  'identity-down': cause('Deployment {root}/linkerd-identity has no ready pod: {why}.', {
    means:
      'Nobody signs certificates: proxies keep the ones they have, for a day at most by default, and new pods never become ready.',
  }),
  'identity-refuses': cause('linkerd-identity refuses to sign certificates: {line}.', {
    means: 'It answers proxies with this error, so they get no certificate.',
  }),
  'identity-blocked': cause(
    'NetworkPolicy {policy} blocks {pod} from linkerd-identity, port 8080.',
    {
      means:
        'Its proxy gets no certificate, and the pod does not become ready. Whether NetworkPolicies are enforced at all depends on the network plugin.',
    },
  ),
  'identity-unreachable': cause('The proxy in {pod} cannot reach linkerd-identity: {line}.', {
    means:
      'It gets no certificate: the pod does not become ready, or leaves the mesh when its current certificate expires.',
  }),
  // Proxies. One or several: no sentence has a verb that tells which.
  'anchors-differ': cause(
    '{pods} cannot trust the issuer: the trust anchors there differ from those of the mesh.',
    {
      means:
        'A pod keeps the trust anchors it got when it was created. It and pods with the anchors of the mesh reject each other (UnknownIssuer), and it gets no new certificate. {which}',
    },
  ),
  'anchors-old': contributor('{pods} started with other trust anchors than the bundle has now.', {
    means:
      'The issuer is still trusted. Restart these pods before you remove an anchor from the bundle or replace the issuer. {which}',
  }),
  'trust-domain-differs': cause(
    '{pods} cannot get a new certificate: the requested name is not in the trust domain {domain}.',
    { means: 'linkerd-identity signs only names in its own trust domain. {which}' },
  ),
  'clock-skew': cause('{whose} is off by {by}: {line}.', {
    means:
      'Linkerd tolerates 20 seconds. A certificate that starts in the future of a clock is rejected as not valid yet.',
  }),
  // With an identity that signs, the expired certificate is what keeps its proxy from the next one: the proxy presents it
  // to identity's own proxy, which closes the connection.
  'leaf-locked-out': cause('{pods} cannot get a new certificate: the old one expired {when}.', {
    means:
      'linkerd-identity signs, but rejects callers with an expired certificate: such a proxy does not recover by itself, and new connections from and to its pod fail. What stopped the renewal may be over, for example linkerd-identity was down or its issuer had expired. {which}',
  }),
  'leaf-expired': symptom('{pods}: the certificate expired {when}.', {
    means:
      'New connections from and to these pods fail. Proxies renew long before expiry, so something prevented it; now only a restart helps, because linkerd-identity rejects expired certificates. {which}',
  }),
  'leaf-overdue': symptom('{pods}: renewal is overdue, the certificate expires {when}.', {
    means:
      "A proxy asks for a new certificate after 70 % of the old one's lifetime. If nothing changes, these pods leave the mesh when it expires. {which}",
  }),
  'no-leaf': symptom('{pods} presented no certificate: {why}.', {
    means:
      'Without one a pod does not become ready, and meshed pods cannot reach it with mTLS. {which}',
  }),
  // What the API server calls.
  'webhook-expired': cause('{kind} {name}: the certificate expired {when}.', {
    means: '{effect}',
  }),
  'webhook-no-bundle': cause('{kind} {name} has no readable caBundle.', {
    means: 'The API server trusts no certificate there. {effect}',
  }),
  'webhook-untrusted': cause(
    '{pod} serves a certificate that the caBundle of {name} does not trust: {why}.',
    { means: '{effect}' },
  ),
  'webhook-ends-soon': contributor('{kind} {name}: the certificate expires {when}.', {
    means: 'After that: {effect}',
  }),
  'tap-unavailable': contributor('The tap API is not available: {line}.', {
    means: 'linkerd viz tap and top do not work; metrics and traffic do.',
  }),
  // linkerd check.
  'check-says': cause('linkerd check fails at "{description}": {line}.', {
    means:
      'linkerd check reads the Secrets of the control plane with your rights. meshdoc does not, so perhaps only linkerd check can see this fault.',
  }),
};
export const tell = tells(findings);
