// What `linkerd-identity` can say: whose certificate it is, when it ended, and who is affected by that one.
import { cause, contributor, inspect, kubectl } from '../../../src/authoring.ts';
import { ofCheck, ofProxies, ofWebhooks } from './says/proxies.ts';
import {
  newAnchors,
  newIssuer,
  restartIdentity,
  seeClocks,
  seeManaged,
  verify,
  type Place,
} from './fixes.ts';

const place = ['root', 'again'] as const;
const style = [...place, 'style', 'managed', 'scheme'] as const;

/** identity verifies its issuer by the clock before it signs (linkerd2 pkg/identity/service.go ensureIssuerStillValid). */
const signsNothing =
  'linkerd-identity signs nothing: proxies go on with the certificates they have, no longer than a day by default, and no new pod gets ready.';

const ofAnchors = {
  'anchor-expired': cause('The trust anchor {subject} expired {when}.', {
    means: `${signsNothing} Proxies themselves do not look at an anchor's dates.`,
    reach: '{reach}',
    with: style,
    fixes: newAnchors,
  }),
  'anchor-early': cause('The trust anchor {subject} is not valid yet: it begins {when}.', {
    means: `${signsNothing} Either the anchor was made for later, or a clock is wrong.`,
    reach: '{reach}',
    with: style,
    fixes: (a) => [seeClocks(a), ...newAnchors(a)],
  }),
  'anchors-unreadable': cause(
    'ConfigMap {root}/linkerd-identity-trust-roots holds no certificate that can be read.',
    {
      means:
        'linkerd-identity does not start without anchors, and proxies that start now trust nobody.',
      with: style,
      fixes: newAnchors,
    },
  ),
  'anchor-unused': contributor('The bundle still holds {subject}, which expired {when}.', {
    means:
      'No certificate of the mesh needs it, so nothing fails by it; linkerd check calls it an error.',
    with: place,
    fixes: (a) => [seeBundle(a)],
  }),
  'anchor-ends-soon': contributor('The trust anchor {subject} ends {when}.', {
    means:
      'Once it ends linkerd-identity signs nothing. Its replacement takes two restarts of every meshed pod, so begin in time.',
    with: place,
    fixes: (a) => [seeBundle(a)],
  }),
  'anchor-key': contributor(
    'The trust anchor {subject} is not of a kind that Linkerd supports: {why}.',
    {
      means: 'linkerd check stops at it, and so do linkerd install and upgrade.',
      with: place,
      fixes: (a) => [seeBundle(a)],
    },
  ),
};

function seeBundle(a: Place) {
  return inspect(
    'Read the bundle',
    kubectl`get configmap linkerd-identity-trust-roots -n ${a.root} -o yaml`,
    verify(a),
  );
}

const ofIssuer = {
  'issuer-kept': cause(
    'linkerd-identity signs with an issuer that ends {when}, and {who} has one that ends {newer}.',
    {
      means:
        'It did not take the new one when it came (linkerd2 issue 15109). No certificate outlives the issuer that signed it, so the whole mesh ends with the old one.',
      with: place,
      fixes: (a) => [restartIdentity(a)],
    },
  ),
  'issuer-expired': cause('The issuer {subject} expired {when}.', {
    means:
      'No certificate outlives the issuer that signed it, so those of all proxies ended with it: connections between pods fail as they are made anew, and no new pod gets ready.',
    reach: '{reach}',
    with: style,
    fixes: newIssuer,
  }),
  'issuer-early': cause('The issuer {subject} is not valid yet: it begins {when}.', {
    means: `${signsNothing} Either it was made for later, or a clock is wrong.`,
    with: style,
    fixes: (a) => [seeClocks(a), ...newIssuer(a)],
  }),
  'issuer-untrusted': cause(
    'The issuer {subject} is signed by none of the trust anchors in {root}/linkerd-identity-trust-roots.',
    {
      means:
        'Proxies that start now refuse whatever it signed (UnknownIssuer); those that run trust the anchors they were given when they were created. {anchors}',
      with: style,
      fixes: (a) => [restartIdentity(a), ...newIssuer(a)],
      avoid: 'Do not restart workloads before issuer and anchors agree: what runs may still work.',
    },
  ),
  'issuer-unfit': cause('The certificate {subject} may not sign those of proxies: {why}.', {
    means: 'linkerd-identity refuses to start with it, and proxies refuse what it signed.',
    with: style,
    fixes: newIssuer,
  }),
  'issuer-refused': cause('linkerd-identity did not take its new issuer: {line}.', {
    means:
      'It goes on with the old one until that ends. It reads the anchors only when it starts, so after a change of the anchors a restart may be all that is missing.',
    with: style,
    fixes: (a) => [restartIdentity(a), ...newIssuer(a)],
  }),
  'issuer-ends-soon': contributor('The issuer {subject} ends {when}.', {
    means: 'Once it ends, so does every certificate of the mesh, and no new pod gets ready.',
    with: style,
    fixes: newIssuer,
  }),
  'issuer-key': contributor('The issuer {subject} is not of a kind that Linkerd supports: {why}.', {
    means:
      'linkerd check stops at it. linkerd-identity signs with ECDSA and SHA-256, which no RSA and no Ed25519 key can.',
    with: style,
    fixes: newIssuer,
  }),
  'renewal-fails': contributor('cert-manager does not renew {managed}: {line}.', {
    means: 'What it keeps ends {when}, and nobody else replaces it.',
    with: place,
    fixes: (a) => [seeManaged(a)],
  }),
};

const ofIdentity = {
  'identity-down': cause('linkerd-identity has no pod that is ready: {why}.', {
    means:
      'Nobody signs certificates: proxies go on with those they have, no longer than a day by default, and no new pod gets ready.',
    with: place,
    fixes: (a) => [
      inspect(
        'Read why it ends',
        kubectl`logs deployment/linkerd-identity -n ${a.root} -c identity --tail=50`,
        verify(a),
      ),
      inspect(
        'See its pods',
        kubectl`describe pods -n ${a.root} -l linkerd.io/control-plane-component=identity`,
        verify(a),
      ),
    ],
  }),
  'identity-refuses': cause('linkerd-identity signs nothing: {line}.', {
    means: 'It answers proxies with this, so they get no certificate.',
    with: style,
    fixes: newIssuer,
  }),
  'identity-blocked': cause(
    'NetworkPolicy {policy} keeps {pod} from linkerd-identity, port 8080.',
    {
      means:
        'Its proxy gets no certificate and the pod does not get ready. Whether policies are enforced at all is for the network plugin to say.',
      with: ['root', 'again', 'namespace', 'policyName'],
      fixes: (a) => [
        inspect(
          'Read the policy',
          kubectl`get networkpolicy ${a.policyName} -n ${a.namespace} -o yaml`,
          verify(a),
        ),
      ],
    },
  ),
  'identity-unreachable': cause('The proxy in {pod} does not reach linkerd-identity: {line}.', {
    means:
      'It gets no certificate, so the pod does not get ready, or loses the mesh when the one it has ends.',
    with: place,
    fixes: (a) => [
      inspect(
        'See whether the Service has endpoints',
        kubectl`get endpointslices -n ${a.root}
          -l kubernetes.io/service-name=linkerd-identity-headless`,
        verify(a),
      ),
      inspect(
        'Read the NetworkPolicies in its way: port 8080 of linkerd-identity must be open',
        kubectl`get networkpolicies -n ${a.root} -o yaml`,
        verify(a),
      ),
    ],
  }),
};

/** Everything `linkerd-identity` can say, by code. */
export const findings = {
  ...ofAnchors,
  ...ofIssuer,
  ...ofIdentity,
  ...ofProxies,
  ...ofWebhooks,
  ...ofCheck,
};
export type Findings = typeof findings;
