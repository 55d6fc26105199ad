// The fixes of `linkerd-identity`. New certificates are made by a person or by cert-manager; here is how Linkerd gets
// them, whichever way it was installed. Nothing here reads a Secret.
import {
  inspect,
  kubectl,
  piped,
  restartNamed,
  words,
  type Command,
  type Fix,
  type PodRef,
  type Words,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Served } from '../../../src/facts/linkerd/identity/webhook-certificates.ts';
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';

/** The control plane that the fixes are for. */
export type Install = {
  readonly root: string;
  /** Who keeps the issuer: cert-manager, by one of its Certificates; else Helm, or whoever ran `linkerd install`. */
  readonly keeper:
    { readonly is: 'cert-manager'; readonly certificate: string } | { readonly is: 'helm' | 'cli' };
  /** The type of the issuer's Secret. */
  readonly scheme: string;
  readonly verify: Command;
};

const howToMake =
  'issuer.crt and issuer.key are an intermediate CA (ECDSA P-256) that the trust anchor signed: https://linkerd.io/2/tasks/generate-certificates/';
const helmKeeps =
  'Installed by Helm: give the same files to the next helm upgrade, or it puts the old ones back.';

function notes({ keeper }: Install, first: string): string {
  return keeper.is === 'helm' ? `${first} ${helmKeeps}` : first;
}

/** One Deployment of the control plane. */
function restartPart(
  name: string,
  namespace: string,
  { does, touches, verify }: Pick<Fix, 'does' | 'touches' | 'verify'>,
): Fix {
  return {
    does,
    run: kubectl`rollout restart deployment/${name} -n ${namespace}`,
    risk: 'restarts-control-plane',
    touches,
    undo: { because: 'the new pods are made from the same template' },
    verify,
  };
}

export function restartIdentity({ root, verify }: Install): Fix {
  return restartPart('linkerd-identity', root, {
    does: 'Restart linkerd-identity, which then reads its issuer and its anchors anew',
    touches: 'linkerd-identity alone; proxies keep the certificates they have meanwhile',
    verify,
  });
}

export function restartServer({ ref, workload }: Pod, { verify }: Install): Fix {
  const name = workload?.name ?? ref.name;
  return restartPart(name, ref.namespace, {
    does: `Restart ${name}, which then serves the certificate that its Secret holds now`,
    touches: `${name} alone; no pod of an application restarts`,
    verify,
  });
}

/** A new issuer: from cert-manager where it keeps one, else from two files. */
export function newIssuer(install: Install): readonly Fix[] {
  const { root, keeper, scheme, verify } = install;
  if (keeper.is === 'cert-manager') return [seeManaged(keeper.certificate, root)];
  const undo = {
    because: 'the files of the issuer before, where they were kept, go back the same way',
  };
  return [
    {
      does: 'Give linkerd-identity a new issuer',
      run: piped(
        kubectl`create secret generic linkerd-identity-issuer -n ${root}
          ${secretKeys(scheme)} --dry-run=client -o yaml`,
        words`kubectl replace -f -`,
      ),
      risk: 'changes-security',
      touches:
        'every certificate that is signed from now on; proxies take theirs within minutes, but those whose own has ended only when they restart',
      undo,
      verify,
      note: notes(install, howToMake),
    },
    {
      does: 'Or give it through the linkerd CLI',
      run: piped(
        linkerd`upgrade -L ${root} --identity-issuer-certificate-file=issuer.crt
          --identity-issuer-key-file=issuer.key --force`,
        words`kubectl apply -f -`,
      ),
      risk: 'restarts-control-plane',
      touches: 'every object of the control plane, which restarts; proxies keep their certificates',
      undo,
      verify,
      note: notes(install, 'Of the same version as the control plane, or this upgrades it.'),
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

export function seeManaged(certificate: string, root: string): Fix {
  return inspect(
    `See why cert-manager does not renew ${certificate}`,
    kubectl`describe certificates.cert-manager.io ${certificate} -n ${root}`,
  );
}

/** New anchors, then an issuer that they signed; what holds the old ones is named by the next diagnosis. */
export function newAnchors(install: Install): readonly Fix[] {
  const bundle: Fix = {
    does: 'Put the new trust anchor into the bundle',
    run: piped(
      kubectl`create configmap linkerd-identity-trust-roots -n ${install.root}
        --from-file=ca-bundle.crt=ca.crt --dry-run=client -o yaml`,
      words`kubectl replace -f -`,
    ),
    risk: 'changes-security',
    touches: 'pods that are created from now on; those that run keep the anchors they were given',
    undo: {
      because: 'save the bundle first: kubectl get configmap linkerd-identity-trust-roots -o yaml',
    },
    verify: install.verify,
    note: notes(
      install,
      'ca.crt is the new anchor alone, or behind the old one while that is still valid. Then give linkerd-identity an issuer that this anchor signed, restart it, and restart every meshed workload.',
    ),
  };
  return [bundle, ...newIssuer(install)];
}

export function seeBundle({ root, verify }: Install): Fix {
  return inspect(
    'Read the bundle',
    kubectl`get configmap linkerd-identity-trust-roots -n ${root} -o yaml`,
    verify,
  );
}

export function readIdentity({ root, verify }: Install, does: string): Fix {
  return inspect(
    does,
    kubectl`logs deployment/linkerd-identity -n ${root} -c identity --tail=50`,
    verify,
  );
}

export function seeIdentity({ root, verify }: Install): Fix {
  return inspect(
    'See its pods',
    kubectl`describe pods -n ${root} -l linkerd.io/control-plane-component=identity`,
    verify,
  );
}

export function reachIdentity({ root, verify }: Install): readonly Fix[] {
  return [
    inspect(
      'See whether the Service has endpoints',
      kubectl`get endpointslices -n ${root}
        -l kubernetes.io/service-name=linkerd-identity-headless`,
      verify,
    ),
    inspect(
      'Read the NetworkPolicies in its way: port 8080 of linkerd-identity must be open',
      kubectl`get networkpolicies -n ${root} -o yaml`,
      verify,
    ),
  ];
}

export function seePolicy({ namespace, name }: PodRef, { verify }: Install): Fix {
  return inspect(
    'Read the policy',
    kubectl`get networkpolicy ${name} -n ${namespace} -o yaml`,
    verify,
  );
}

/** New pods of what makes these, each workload once; at most so many as one pastes. */
export function restartAll(pods: readonly Pod[], { verify }: Install): readonly Fix[] {
  const makers = pods.map(({ ref, workload }) => workload ?? { kind: 'Pod', ...ref });
  const once = new Map(makers.map((m) => [`${m.kind}/${m.namespace}/${m.name}`, m]));
  return [...once.values()]
    .slice(0, 6)
    .map(({ kind, name, namespace }) => restartNamed(kind, name, namespace, verify));
}

/** Makes new certificates for what the API server calls: Helm and the CLI render them anew each time. */
export function newWebhookCertificate(
  { kind, name, kept, service }: Served,
  { root, keeper, verify }: Install,
): readonly Fix[] {
  const see = inspect(
    `See who keeps the certificate of ${name}`,
    kubectl`get ${kind.toLowerCase()} ${name} -o yaml`,
    verify,
  );
  if (kept || keeper.is === 'cert-manager') return [see];
  const isOwn = service.namespace === root;
  const again: Fix = {
    does: 'Render the manifests anew: each time they hold new certificates, for a year',
    run: piped(
      isOwn ? linkerd`upgrade -L ${root}` : linkerd`viz install -L ${root}`,
      words`kubectl apply -f -`,
    ),
    risk: 'restarts-control-plane',
    touches: `the objects of ${isOwn ? 'the control plane' : 'linkerd-viz'}, whose pods restart; traffic goes on`,
    undo: { because: 'the certificate that it replaces is of no use any more' },
    verify,
    note: 'Installed by Helm: a helm upgrade of the same release and version does it instead.',
  };
  return [see, again];
}

export function seeTap({ verify }: Install): Fix {
  return inspect(
    'See the condition of the API',
    kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`,
    verify,
  );
}

export function checkAgain({ root, verify }: Install): Fix {
  return inspect('Read what else it says', linkerd`check -L ${root} --wait 0s`, verify);
}

export function seeClocks({ verify }: Install): Fix {
  return inspect(
    "Compare the nodes' clocks: each node writes renewTime by its own, every ten seconds",
    kubectl`get leases -n kube-node-lease -o custom-columns=NODE:.metadata.name,RENEWED:.spec.renewTime`,
    verify,
  );
}
