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

const PREFIXES = ['', ...meshes.flatMap(({ variablePrefix = [] }) => variablePrefix)];

/** As a variable is called, or as a page shows it that leaves the prefix out. */
export function isOpenVariable(name: string): boolean {
  return PREFIXES.some((prefix) => OPEN_NAMES.has(prefix + name));
}
