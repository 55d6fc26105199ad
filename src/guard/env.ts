// Environment variables whose values may be shown: those that a mesh or Kubernetes sets itself say how a proxy was told to
// behave. Everybody else's variables are not meshdoc's business, and neither is one that only begins as theirs do
// (`PROXY_PASS`).
import { meshes } from '../meshes/meshes.ts';

/** By exact name. */
const OPEN_NAMES = new Set([
  ...meshes.flatMap(({ variables = [] }) => variables),
  // spiffe go-spiffe v2/workloadapi/addr.go
  'SPIFFE_ENDPOINT_SOCKET',
  // kubernetes pkg/kubelet/envvars/envvars.go
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
]);

/** As a variable is called, or as a ztunnel shows it: without the prefix (istio ztunnel src/config.rs, ISTIO_META_PREFIX). */
export function isOpenVariable(name: string): boolean {
  return OPEN_NAMES.has(name) || OPEN_NAMES.has(`ISTIO_META_${name}`);
}
