// Fixes for a webhook that the API server does not trust.
import { kubectl, piped, words, type Fix } from '../../../../src/authoring.ts';
import { readCertificates } from '../../../../src/model/certificates/x509.ts';
import { bundleFor } from '../../../../src/model/linkerd/inject/trust.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import { fixes } from '../fixes.ts';
import { injectorAt, type Failing } from '../trouble.ts';
import { upgradeAgain } from './upgrade.ts';

export function letTrust(failing: Failing): readonly Fix[] {
  const { subject, webhook, view } = failing;
  const read = fixes.readBundle(subject, webhook?.configuration, '0');
  if (webhook?.bundleBy === 'cert-manager') return [read, ...mendCertManager(failing)];
  const pem = bundleFor(view.served, view.now);
  if (pem !== undefined) return [read, trustServed(failing, pem)];
  const isUnseen = webhook !== undefined && view.served === undefined && !hasCertificate(webhook);
  return [read, isUnseen ? trustSecret(failing, webhook) : renewCertificate(failing)];
}

function hasCertificate({ caBundle }: Webhook): boolean {
  return readCertificates(caBundle).length > 0;
}

/**
 * What it serves could not be seen: it is what its Secret holds, and that is what the chart puts into caBundle
 * (linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml).
 */
function trustSecret(failing: Failing, { configuration }: Webhook): Fix {
  const { root } = injectorAt(failing);
  const patch =
    '[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"{{index .data "tls.crt"}}"}]';
  return {
    does: 'Set the caBundle of the webhook to the certificate in the Secret of the injector',
    run: piped(
      kubectl`get secret linkerd-proxy-injector-k8s-tls -n ${root} -o ${`go-template=${patch}`}`,
      words`kubectl patch mutatingwebhookconfiguration ${configuration} --type=json --patch-file=/dev/stdin`,
    ),
    risk: 'changes-config',
    touches: `the caBundle of ${configuration}; new pods get a proxy again`,
    undo: { because: 'no certificate was in it before' },
    verify: fixes.verify(failing.subject),
    note: `This fixes a self-signed certificate, as the installers create it. If you gave the install your own (externalSecret), set caBundle to its CA. ${keepIt}`,
  };
}

const keepIt = 'If Helm or GitOps keeps emptying or replacing the field, make it ignore caBundle.';

/** The certificate that is served is public, and it is what the field must hold. */
function trustServed({ subject, webhook }: Failing, pem: string): Fix {
  const { configuration = '', caBundle = '' } = webhook ?? {};
  const set = (bundle: string) => {
    const op = { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: btoa(bundle) };
    return kubectl`patch mutatingwebhookconfiguration ${configuration} --type=json
      -p ${JSON.stringify([op])}`;
  };
  return {
    does: 'Set the caBundle of the webhook to the certificate that the injector serves',
    run: set(pem),
    risk: 'changes-config',
    touches: `the caBundle of ${configuration}; new pods get a proxy again`,
    undo: caBundle === '' ? { because: 'it was empty before' } : { run: set(caBundle) },
    verify: fixes.verify(subject),
    note: keepIt,
  };
}

function mendCertManager(failing: Failing): readonly Fix[] {
  const { subject } = failing;
  const injector = injectorAt(failing);
  return [
    fixes.lookAt(
      subject,
      'Check whether cert-manager renewed the certificate and wrote the caBundle',
      kubectl`get certificates.cert-manager.io -n ${injector.root} -o wide`,
    ),
    fixes.restartInjector(subject, injector, {
      does: 'Restart the injector, so that it serves the certificate that is in its Secret now',
      touches: `the injector in ${injector.root}; running proxies do not need it`,
      note: 'The cainjector of cert-manager writes the caBundle (see the annotation on the webhook), so it must be running.',
    }),
  ];
}

/** Both installers create a new key pair each time they run, unless they are given one. */
function renewCertificate(failing: Failing): Fix {
  return upgradeAgain(failing.subject, injectorAt(failing).root, {
    does: 'Renew the certificate of the webhook with an upgrade to the same version',
    undo: { because: 'the key pair that it replaces is not kept' },
    note: 'This is for an install with the CLI. With Helm, run helm upgrade of linkerd-control-plane with the same values; if externalSecret is set, renew that Secret and caBundle too.',
  });
}
