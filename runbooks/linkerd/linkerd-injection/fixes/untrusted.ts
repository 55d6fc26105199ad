// Fixes for a webhook that the API server does not trust.
import { kubectl, piped, words, type Fix } from '../../../../src/authoring.ts';
import { linkerd } from '../../../../src/meshes/linkerd/commands.ts';
import { bundleFor } from '../../../../src/model/linkerd/inject/trust.ts';
import { fixes } from '../fixes.ts';
import { injectorAt, type Failing } from '../trouble.ts';

export function letTrust(failing: Failing): readonly Fix[] {
  const { subject, webhook, view } = failing;
  const read = fixes.readBundle(subject, webhook?.configuration, '0');
  if (webhook?.bundleBy === 'cert-manager') return [read, ...mendCertManager(failing)];
  const pem = bundleFor(view.served, view.now);
  return [read, pem === undefined ? renewCertificate(failing) : trustServed(failing, pem)];
}

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
    note: 'If Helm or GitOps keeps emptying or replacing the field, make it ignore caBundle.',
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
  const { root } = injectorAt(failing);
  return {
    does: 'Renew the certificate of the webhook with an upgrade to the same version',
    run: piped(linkerd`upgrade`, words`kubectl apply -f -`),
    risk: 'restarts-control-plane',
    touches: `the control plane in ${root}; running proxies keep working`,
    undo: { because: 'what it replaces has expired' },
    verify: fixes.verify(failing.subject),
    note: 'This is for an install with the CLI. With Helm, run helm upgrade of linkerd-control-plane with the same values; if externalSecret is set, renew that Secret and caBundle too.',
  };
}
