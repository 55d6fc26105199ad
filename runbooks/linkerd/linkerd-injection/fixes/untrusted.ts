// What can be done where the API server does not trust what answers the webhook.
import { kubectl, piped, words, type Fix } from '../../../../src/authoring.ts';
import { linkerd } from '../../../../src/meshes/linkerd/commands.ts';
import { bundleFor } from '../../../../src/model/linkerd/inject/trust.ts';
import { fixes } from '../fixes.ts';
import { injectorAt, type Failing } from '../trouble.ts';

export function letTrust(failing: Failing): readonly Fix[] {
  const { subject, webhook, view } = failing;
  const read = fixes.readBundle(subject, webhook?.configuration ?? '', '0');
  if (webhook?.bundleBy === 'cert-manager') return [read, ...mendCertManager(failing)];
  const pem = bundleFor(view.served, view.now);
  return [read, pem === undefined ? renewCertificate(failing) : trustServed(failing, pem)];
}

/** The certificate that is served is itself public: it is what the field is to hold. */
function trustServed({ subject, webhook }: Failing, pem: string): Fix {
  const { configuration = '', caBundle = '' } = webhook ?? {};
  const set = (bundle: string) => {
    const op = { op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: btoa(bundle) };
    return kubectl`patch mutatingwebhookconfiguration ${configuration} --type=json
      -p ${JSON.stringify([op])}`;
  };
  return {
    does: 'Let the webhook trust the certificate that the injector serves',
    run: set(pem),
    risk: 'changes-config',
    touches: `the caBundle of ${configuration}; new pods get a proxy again`,
    undo: caBundle === '' ? { because: 'it was empty before' } : { run: set(caBundle) },
    verify: fixes.verify(subject),
    note: 'If Helm or GitOps empties or replaces the field again and again, leave caBundle out of what it compares.',
  };
}

function mendCertManager(failing: Failing): readonly Fix[] {
  const { subject } = failing;
  const injector = injectorAt(failing);
  return [
    fixes.lookAt(
      subject,
      'See whether cert-manager renewed the certificate and wrote the bundle',
      kubectl`get certificates.cert-manager.io -n ${injector.root} -o wide`,
    ),
    fixes.restartInjector(subject, injector, {
      does: 'Restart the injector, so that it serves what its Secret holds now',
      touches: `the injector in ${injector.root}; proxies that run do not need it`,
      note: 'cert-manager writes the caBundle by the annotation on the webhook: its cainjector must run.',
    }),
  ];
}

/** Both installers make a new pair each time they run, unless they are given one. */
function renewCertificate(failing: Failing): Fix {
  const { root } = injectorAt(failing);
  return {
    does: 'Renew the certificate of the webhook: an upgrade to the same version makes a new one',
    run: piped(linkerd`upgrade`, words`kubectl apply -f -`),
    risk: 'restarts-control-plane',
    touches: `the control plane in ${root}; proxies that run go on`,
    undo: { because: 'what it replaces has expired' },
    verify: fixes.verify(failing.subject),
    note: 'For an install by the CLI. By Helm it is helm upgrade of linkerd-control-plane with the same values; where externalSecret is set, renew that Secret and caBundle with it.',
  };
}
