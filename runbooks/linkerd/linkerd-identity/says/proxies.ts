// What `linkerd-identity` can say of proxies and of what the API server calls; anchors and the issuer are in
// linkerd-identity.findings.ts.
import {
  cause,
  contributor,
  inspect,
  kubectl,
  linkerd,
  symptom,
} from '../../../../src/authoring.ts';
import { newWebhookCertificate, restartAll, seeClocks, verify } from '../fixes.ts';

const place = ['root', 'again'] as const;

export const ofProxies = {
  'anchors-differ': cause(
    '{pods} does not trust the issuer: its anchors are others than those of the mesh.',
    {
      means:
        'A pod keeps the anchors it was given when it was created. These and the pods with the new anchors refuse each other (UnknownIssuer), and get no new certificate. {which}',
      with: ['restarts', 'again'],
      fixes: restartAll,
    },
  ),
  'anchors-old': contributor('{pods} holds other anchors than the bundle has now.', {
    means:
      'The issuer is trusted all the same. Restart them before an anchor is taken out of the bundle, or the issuer is replaced. {which}',
    with: ['restarts', 'again'],
    fixes: restartAll,
  }),
  'trust-domain-differs': cause('{pods} asks for a name of another trust domain than {domain}.', {
    means:
      'linkerd-identity signs names of its own trust domain alone, so these get no new certificate. {which}',
    with: ['restarts', 'again'],
    fixes: restartAll,
  }),
  'clock-skew': cause('{whose} is off by {by}: {line}.', {
    means:
      'Linkerd allows for 20 seconds. Certificates that begin later by a clock than now are refused as not valid yet.',
    with: place,
    fixes: (a) => [seeClocks(a)],
  }),
  // With an identity that signs, the expired certificate is what keeps its proxy from the next one: it presents it to
  // identity's own proxy, which ends the connection.
  'leaf-locked-out': cause(
    '{pods} has a certificate that expired {when}, and gets no new one with it.',
    {
      means:
        'linkerd-identity signs, but lets nobody in who comes with an expired certificate, so the proxy does not recover by itself. Connections from and to these pods fail as they are made anew. Why it did not renew in time may be long over, as when linkerd-identity was down or its issuer had expired. {which}',
      with: ['restarts', 'again'],
      fixes: restartAll,
    },
  ),
  'leaf-expired': symptom('{pods} has a certificate that expired {when}.', {
    means:
      'Connections from and to these pods fail as they are made anew. A proxy renews long before the end, so something kept it from that. Once it has ended only a restart helps: linkerd-identity lets nobody in who comes with it. {which}',
    with: ['restarts', 'again'],
    fixes: restartAll,
  }),
  'leaf-overdue': symptom(
    '{pods} should have a new certificate by now, and has one that ends {when}.',
    {
      means:
        'A proxy asks for the next one after 70 % of the time it has. If nothing changes these leave the mesh when theirs ends. {which}',
      with: place,
      fixes: (a) => [
        inspect(
          'Read what linkerd-identity says',
          kubectl`logs deployment/linkerd-identity -n ${a.root} -c identity --tail=50`,
          verify(a),
        ),
      ],
    },
  ),
  'no-leaf': symptom('{pods} presents no certificate: {why}.', {
    means:
      'Until a proxy has one the pod is not ready, and meshed pods do not reach it with mTLS. {which}',
    with: place,
    fixes: (a) => [
      inspect(
        'Read what linkerd-identity says',
        kubectl`logs deployment/linkerd-identity -n ${a.root} -c identity --tail=50`,
        verify(a),
      ),
    ],
  }),
};

const served = [...place, 'style', 'kind', 'viz'] as const;

export const ofWebhooks = {
  'webhook-expired': cause('The certificate of {name} expired {when}.', {
    means: '{effect}',
    with: served,
    fixes: newWebhookCertificate,
  }),
  'webhook-no-bundle': cause('{name} has no caBundle that can be read.', {
    means: 'The API server trusts nobody who answers there. {effect}',
    with: served,
    fixes: newWebhookCertificate,
  }),
  'webhook-untrusted': cause(
    '{pod} serves a certificate that the caBundle of {name} does not trust: {why}.',
    {
      means: '{effect}',
      with: ['root', 'again', 'deployment', 'namespace'],
      fixes: (a) => [
        {
          does: `Restart ${a.deployment}, which then serves the certificate that its Secret holds now`,
          run: kubectl`rollout restart deployment/${a.deployment} -n ${a.namespace}`,
          risk: 'restarts-control-plane',
          touches: `${a.deployment} alone; no pod of an application restarts`,
          undo: { because: 'the new pods are made from the same template' },
          verify: verify(a),
        },
      ],
    },
  ),
  'webhook-ends-soon': contributor('The certificate of {name} ends {when}.', {
    means: 'Then: {effect}',
    with: served,
    fixes: newWebhookCertificate,
  }),
  'tap-unavailable': contributor('The API of tap is not available: {line}.', {
    means: 'linkerd viz tap and top do not work; metrics and traffic do.',
    with: place,
    fixes: (a) => [
      inspect(
        'See the condition of the API',
        kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`,
        verify(a),
      ),
    ],
  }),
};

export const ofCheck = {
  'check-says': cause('linkerd check fails at "{description}": {line}.', {
    means:
      'It reads the Secrets of the control plane with your rights, which meshdoc does not; what it says may be seen there alone.',
    with: place,
    fixes: (a) => [
      inspect('Read what else it says', linkerd`check -L ${a.root} --wait 0s`, verify(a)),
    ],
  }),
};
