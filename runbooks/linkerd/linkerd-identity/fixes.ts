// The fixes of `linkerd-identity`. New certificates are made by a person or by cert-manager; here is how Linkerd gets
// them, whichever way it was installed. Nothing here reads a Secret.
import {
  inspect,
  kubectl,
  linkerd,
  meshdoc,
  piped,
  restartNamed,
  type Command,
  type Fix,
  words,
  type Words,
} from '../../../src/authoring.ts';
import { wordsIn } from '../../../src/model/kube/maker-fixes.ts';

export type Place = Readonly<Record<'root' | 'again', string>>;
/** `cert-manager` with the name of its Certificate, `helm`, `cli`. */
export type Style = Readonly<Record<'style' | 'managed' | 'scheme', string>>;

export function verify({ again }: Readonly<Record<'again', string>>): Command {
  return meshdoc`diagnose linkerd-identity ${again === '' ? [] : words`${again}`}`;
}

const howToMake =
  'issuer.crt and issuer.key are an intermediate CA (ECDSA P-256) that the trust anchor signed: https://linkerd.io/2/tasks/generate-certificates/';
const helmKeeps =
  'Installed by Helm: give the same files to the next helm upgrade, or it puts the old ones back.';

function notes(a: Style, first: string): string {
  return a.style === 'helm' ? `${first} ${helmKeeps}` : first;
}

export function restartIdentity(a: Place): Fix {
  return {
    does: 'Restart linkerd-identity, which then reads its issuer and its anchors anew',
    run: kubectl`rollout restart deployment/linkerd-identity -n ${a.root}`,
    risk: 'restarts-control-plane',
    touches: 'linkerd-identity alone; proxies keep the certificates they have meanwhile',
    undo: { because: 'the new pods are made from the same template' },
    verify: verify(a),
  };
}

/** A new issuer: from cert-manager where it keeps one, else from two files. */
export function newIssuer(a: Place & Style): readonly Fix[] {
  if (a.style === 'cert-manager') return [seeManaged(a)];
  return [
    {
      does: 'Give linkerd-identity a new issuer',
      run: piped(
        kubectl`create secret generic linkerd-identity-issuer -n ${a.root}
          ${secretKeys(a.scheme)} --dry-run=client -o yaml`,
        words`kubectl replace -f -`,
      ),
      risk: 'changes-security',
      touches:
        'every certificate that is signed from now on; proxies take theirs within minutes, but those whose own has ended only when they restart',
      undo: {
        because: 'the files of the issuer before, where they were kept, go back the same way',
      },
      verify: verify(a),
      note: notes(a, howToMake),
    },
    {
      does: 'Or give it through the linkerd CLI',
      run: piped(
        linkerd`upgrade -L ${a.root} --identity-issuer-certificate-file=issuer.crt
          --identity-issuer-key-file=issuer.key --force`,
        words`kubectl apply -f -`,
      ),
      risk: 'restarts-control-plane',
      touches: 'every object of the control plane, which restarts; proxies keep their certificates',
      undo: {
        because: 'the files of the issuer before, where they were kept, go back the same way',
      },
      verify: verify(a),
      note: notes(a, 'Of the same version as the control plane, or this upgrades it.'),
    },
  ];
}

/** linkerd2 charts/linkerd-control-plane/templates/identity.yaml; pkg/issuercerts/issuercerts.go FetchExternalIssuerData. */
function secretKeys(scheme: string): Words {
  return scheme === 'kubernetes.io/tls'
    ? words`--type=kubernetes.io/tls --from-file=tls.crt=issuer.crt
        --from-file=tls.key=issuer.key --from-file=ca.crt=ca.crt`
    : words`--from-file=crt.pem=issuer.crt --from-file=key.pem=issuer.key`;
}

export function seeManaged(a: Place & Pick<Style, 'managed'>): Fix {
  return inspect(
    `See why cert-manager does not renew ${a.managed}`,
    kubectl`describe certificates.cert-manager.io ${a.managed} -n ${a.root}`,
  );
}

/** New anchors, then an issuer that they signed; what holds the old ones is named by the next diagnosis. */
export function newAnchors(a: Place & Style): readonly Fix[] {
  const bundle: Fix = {
    does: 'Put the new trust anchor into the bundle',
    run: piped(
      kubectl`create configmap linkerd-identity-trust-roots -n ${a.root}
        --from-file=ca-bundle.crt=ca.crt --dry-run=client -o yaml`,
      words`kubectl replace -f -`,
    ),
    risk: 'changes-security',
    touches: 'pods that are created from now on; those that run keep the anchors they were given',
    undo: {
      because: 'save the bundle first: kubectl get configmap linkerd-identity-trust-roots -o yaml',
    },
    verify: verify(a),
    note: notes(
      a,
      'ca.crt is the new anchor alone, or behind the old one while that is still valid. Then give linkerd-identity an issuer that this anchor signed, restart it, and restart every meshed workload.',
    ),
  };
  return [bundle, ...newIssuer(a)];
}

/** `restarts` holds `Deployment/shop/web` and so on (`wordsSlot`). */
export function restartAll(a: Readonly<Record<'restarts' | 'again', string>>): readonly Fix[] {
  return wordsIn(a.restarts).map((one) => {
    const [kind = '', namespace = '<namespace>', name = '<name>'] = one.split('/');
    return restartNamed(kind, name, namespace, verify(a));
  });
}

/** Makes new certificates for what the API server calls: Helm and the CLI render them anew each time. */
export function newWebhookCertificate(
  a: Place & Pick<Style, 'style'> & Readonly<Record<'kind' | 'name' | 'viz', string>>,
): readonly Fix[] {
  const see = inspect(
    `See who keeps the certificate of ${a.name}`,
    kubectl`get ${a.kind.toLowerCase()} ${a.name} -o yaml`,
    verify(a),
  );
  if (a.style === 'cert-manager') return [see];
  const command =
    a.viz === 'yes' ? linkerd`viz install -L ${a.root}` : linkerd`upgrade -L ${a.root}`;
  const again: Fix = {
    does: 'Render the manifests anew: each time they hold new certificates, for a year',
    run: piped(command, words`kubectl apply -f -`),
    risk: 'restarts-control-plane',
    touches: `the objects of ${a.viz === 'yes' ? 'linkerd-viz' : 'the control plane'}, whose pods restart; traffic goes on`,
    undo: { because: 'the certificate that it replaces is of no use any more' },
    verify: verify(a),
    note: 'Installed by Helm: a helm upgrade of the same release and version does it instead.',
  };
  return [see, again];
}

export function seeClocks(a: Readonly<Record<'again', string>>): Fix {
  return inspect(
    "Compare the nodes' clocks: each node writes renewTime by its own, every ten seconds",
    kubectl`get leases -n kube-node-lease -o custom-columns=NODE:.metadata.name,RENEWED:.spec.renewTime`,
    verify(a),
  );
}
