// Objects that a mesh makes in namespaces: where one is missing, its maker is.
import type { Reason } from '../../../src/model/kube/not-well/reason.ts';

/** istio pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go; linkerd2 charts/linkerd-control-plane/templates/identity.yaml. */
const origins: Readonly<Record<string, string>> = {
  'istio-ca-root-cert': 'istiod writes it into every namespace: see whether istiod runs.',
  'linkerd-identity-trust-roots':
    'The installation of Linkerd makes it: linkerd upgrade, Helm or trust-manager brings it back.',
  'linkerd-identity-issuer':
    'The installation of Linkerd makes it, or cert-manager by a Certificate of that name.',
  'linkerd-config': 'The installation of Linkerd makes it: linkerd upgrade or Helm brings it back.',
};

export function originOf(reason: Reason): string | undefined {
  return reason.is === 'object-missing' ? origins[reason.name] : undefined;
}
