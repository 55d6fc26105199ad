// The fixes of `linkerd-identity`. New certificates are made by a person or by cert-manager; these fixes give
// them to Linkerd, however it was installed. Nothing here reads a Secret.
import {
  inspect,
  kubectl,
  piped,
  restartNamed,
  words,
  type Command,
  type Fix,
  type Words,
} from '../../../src/authoring.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import type { Served } from '../../../src/facts/linkerd/identity/webhook-certificates.ts';
import { makerOf } from '../../../src/model/kube/subject.ts';
import { linkerd } from '../../../src/meshes/linkerd/commands.ts';
import { oneOfEach } from './sample.ts';

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

export function restartIdentity({ root, verify }: Install): Fix {
  return {
    ...restartNamed('Deployment', 'linkerd-identity', root, verify),
    does: 'Restart linkerd-identity, so that it reads its issuer and trust anchors again',
    risk: 'restarts-control-plane',
    touches: 'only linkerd-identity; proxies keep their certificates meanwhile',
  };
}

export function restartServer(pod: Pod, { verify }: Install): Fix {
  const { name, namespace } = makerOf(pod);
  return {
    ...restartNamed('Deployment', name, namespace, verify),
    does: `Restart ${name}, so that it serves the certificate now in its Secret`,
    risk: 'restarts-control-plane',
    touches: `only ${name}; no application pod restarts`,
  };
}

/** Restarts the workloads of these pods, each once; at most as many as a person pastes. */
export function restartAll(pods: readonly Pod[], { verify }: Install): readonly Fix[] {
  return oneOfEach(pods)
    .slice(0, 6)
    .map((pod) => {
      const { kind, name, namespace } = makerOf(pod);
      return restartNamed(kind, name, namespace, verify, [pod.ref.name]);
    });
}

/** A new issuer: from cert-manager where it keeps one, else from two files. */
export function newIssuer(install: Install): readonly Fix[] {
  const { root, keeper, scheme, verify } = install;
  if (keeper.is === 'cert-manager') return [seeManaged(keeper.certificate, root)];
  const undo = {
    because: 'it takes the files of the old issuer, applied the same way',
  };
  return [
    {
      does: 'Replace the issuer certificate of linkerd-identity',
      run: piped(
        kubectl`create secret generic linkerd-identity-issuer -n ${root}
          ${secretKeys(scheme)} --dry-run=client -o yaml`,
        words`kubectl replace -f -`,
      ),
      risk: 'changes-security',
      touches:
        'every certificate signed from now on; proxies get theirs within minutes, but proxies with an expired one only when they restart',
      undo,
      verify,
      note: noteOf(
        install,
        'issuer.crt and issuer.key are an intermediate CA (ECDSA P-256) signed by the trust anchor: https://linkerd.io/2/tasks/generate-certificates/',
      ),
    },
    {
      does: 'Replace the issuer certificate with the linkerd CLI',
      run: piped(
        linkerd`upgrade -L ${root} --identity-issuer-certificate-file=issuer.crt
          --identity-issuer-key-file=issuer.key --force`,
        words`kubectl apply -f -`,
      ),
      risk: 'restarts-control-plane',
      touches:
        'the whole control plane: every object is applied again and its pods restart; proxies keep their certificates',
      undo,
      verify,
      note: noteOf(
        install,
        'Use a linkerd CLI of the same version as the control plane; another version upgrades it.',
      ),
    },
  ];
}

/** For where a restart may be enough. */
export const restartOrReplace = (install: Install) => [
  restartIdentity(install),
  ...newIssuer(install),
];

/** linkerd2 charts/linkerd-control-plane/templates/identity.yaml; pkg/issuercerts/issuercerts.go FetchExternalIssuerData. */
function secretKeys(scheme: string): Words {
  return scheme === 'kubernetes.io/tls'
    ? words`--type=kubernetes.io/tls --from-file=tls.crt=issuer.crt
        --from-file=tls.key=issuer.key --from-file=ca.crt=ca.crt`
    : words`--from-file=crt.pem=issuer.crt --from-file=key.pem=issuer.key`;
}

/** New anchors, then an issuer that they signed; the next diagnosis names the pods that hold the old ones. */
export function newAnchors(install: Install): readonly Fix[] {
  const bundle: Fix = {
    does: 'Put the new trust anchor into the bundle',
    run: piped(
      kubectl`create configmap linkerd-identity-trust-roots -n ${install.root}
        --from-file=ca-bundle.crt=ca.crt --dry-run=client -o yaml`,
      words`kubectl replace -f -`,
    ),
    risk: 'changes-security',
    touches: 'pods created from now on; running pods keep the anchors they got',
    undo: {
      because: 'save the bundle first: kubectl get configmap linkerd-identity-trust-roots -o yaml',
    },
    verify: install.verify,
    note: noteOf(
      install,
      'ca.crt holds only the new anchor, or the old one and then the new one while the old is still valid. Then give linkerd-identity an issuer signed by the new anchor, restart it, and restart every meshed workload.',
    ),
  };
  return [bundle, ...newIssuer(install)];
}

function noteOf({ keeper }: Install, note: string): string {
  const helm =
    'Installed by Helm: pass the same files to the next helm upgrade, or it restores the old ones.';
  return keeper.is === 'helm' ? `${note} ${helm}` : note;
}

/** Makes new certificates for what the API server calls: Helm and the CLI render new ones each time. */
export function newWebhookCertificate(
  { kind, name, kept, service }: Served,
  { root, keeper, verify }: Install,
): readonly Fix[] {
  const see = inspect(
    `Read who manages the certificate of ${name}`,
    kubectl`get ${kind.toLowerCase()} ${name} -o yaml`,
    verify,
  );
  if (kept || keeper.is === 'cert-manager') return [see];
  const isOwn = service.namespace === root;
  const again: Fix = {
    does: 'Render the manifests again: they come with new certificates, valid for a year',
    run: piped(
      isOwn ? linkerd`upgrade -L ${root}` : linkerd`viz install -L ${root}`,
      words`kubectl apply -f -`,
    ),
    risk: 'restarts-control-plane',
    touches: `the objects of ${isOwn ? 'the control plane' : 'linkerd-viz'}, whose pods restart; traffic is not affected`,
    undo: { because: 'the replaced certificate is not needed any more' },
    verify,
    note: 'Installed by Helm: run helm upgrade with the same release and version instead.',
  };
  return [see, again];
}

export const seeManaged = (certificate: string, root: string) =>
  inspect(
    `Read why cert-manager does not renew ${certificate}`,
    kubectl`describe certificates.cert-manager.io ${certificate} -n ${root}`,
  );
export const seeBundle = ({ root, verify }: Install) =>
  inspect(
    'Read the trust anchors',
    kubectl`get configmap linkerd-identity-trust-roots -n ${root} -o yaml`,
    verify,
  );
export const readIdentity = ({ root, verify }: Install, does: string) =>
  inspect(does, kubectl`logs deployment/linkerd-identity -n ${root} -c identity --tail=50`, verify);
export const seeClocks = ({ verify }: Install) =>
  inspect(
    "Compare the nodes' clocks: each node writes renewTime from its own, every ten seconds",
    kubectl`get leases -n kube-node-lease -o custom-columns=NODE:.metadata.name,RENEWED:.spec.renewTime`,
    verify,
  );
