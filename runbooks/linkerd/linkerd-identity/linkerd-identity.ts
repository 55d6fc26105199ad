// Certificates of a Linkerd mesh, without reading a Secret: the anchors, the issuer, what each proxy presents, and what the
// API server trusts.
import { runbookOf } from '../../../src/authoring.ts';
import { anchors, inputs, mesh, pods, proxies, service } from './checks.ts';
import { issuer } from './judge/issuer.ts';
import { linkerdCheck } from './judge/linkerd-check.ts';
import { leafs } from './judge/proxies.ts';
import { webhooks } from './judge/webhooks.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'linkerd-identity',
    mesh: 'linkerd',
    aliases: ['linkerd-certificates', 'linkerd-certs'],
    title: 'Certificates of Linkerd',
    symptom:
      'Meshed pods do not become ready, connections between them fail, or linkerd check names a certificate.',
    words: [
      'certificate expired',
      'TLS handshake',
      'trust anchor',
      'issuer',
      'x509',
      'mTLS broken',
    ],
    input: inputs,
    findings,
  },
  [mesh, anchors, pods, service, proxies, issuer, leafs, webhooks, linkerdCheck],
);
