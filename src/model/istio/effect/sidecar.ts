// The Sidecar that applies to a pod, and what it lets the pod's proxy know.
import type { KubeObject } from '../../../core/object.ts';
import { matchesAll } from '../../kube/labels.ts';
import { covers, overlaps } from './host-name.ts';
import { items, labels, part, record, strings } from '../../kube/loose.ts';
import { byAge } from '../../kube/order.ts';
import type { Scene } from './scene.ts';

/** `namespace/host`; `namespace` is `*` for all. */
type Import = { readonly namespace: string; readonly host: string };
export type Scope = {
  /** None: everything is visible. */
  readonly sidecar: KubeObject | undefined;
  readonly imports: readonly Import[];
  readonly excludes: readonly Import[];
  /** Some egress listener has a port of its own, so what is visible depends on the port. */
  readonly byPort: boolean;
};

// istio/istio pilot/pkg/model/push_context.go initSidecarScopes, doGetSidecarScope: of the pod's namespace, the
// oldest that selects the pod, else the oldest without a selector; else the same of the root namespace.
function sidecarFor(scene: Scene): KubeObject | undefined {
  // push_context.go getSidecarScope: a gateway has a scope of its own.
  if (scene.router) return undefined;
  const { namespace } = scene.pod;
  const own = rivals(scene.sidecars, namespace, scene).at(0);
  if (own) return own;
  return scene.sidecars
    .filter((one) => one.metadata.namespace === scene.rootNamespace && !hasSelector(one))
    .sort(byAge)
    .at(0);
}

/** The Sidecars of a namespace that could apply to the pod, the one in effect first. */
export function rivals(all: readonly KubeObject[], namespace: string, scene: Scene): KubeObject[] {
  const fitting = all.filter((one) => one.metadata.namespace === namespace && fits(one, scene));
  return [
    ...fitting.filter(hasSelector).sort(byAge),
    ...fitting.filter((one) => !hasSelector(one)).sort(byAge),
  ];
}

export function hasSelector(sidecar: KubeObject): boolean {
  return record(part(sidecar, 'spec').workloadSelector) !== undefined;
}

function fits(sidecar: KubeObject, scene: Scene): boolean {
  const selector = part(sidecar.spec, 'workloadSelector');
  return matchesAll(labels(selector, 'labels'), scene.pod.labels);
}

// pilot/pkg/model/sidecar.go initSidecarScopeInternalIndexes, convertIstioListenerToWrapper
export function readScope(scene: Scene): Scope {
  const sidecar = sidecarFor(scene);
  const listeners = items(sidecar?.spec, 'egress').map(({ is }) => is);
  const entries = listeners.flatMap((one) => strings(one, 'hosts'));
  const read = (entry: string): Import => {
    const [namespace = '', host = ''] = entry.toLowerCase().split('/');
    return { namespace: namespace === '.' ? scene.pod.namespace : namespace, host };
  };
  const wellFormed = entries.filter((entry) => entry.split('/').length === 2);
  const everything = listeners.length === 0;
  return {
    sidecar,
    imports: everything
      ? [{ namespace: '*', host: '*' }]
      : wellFormed.filter((entry) => !entry.startsWith('~')).map(read),
    excludes: wellFormed
      .filter((entry) => entry.startsWith('~'))
      .map((entry) => read(entry.slice(1))),
    byPort: listeners.some((one) => record(one.port) !== undefined),
  };
}

/** `unsure`: a `~namespace/host` entry is about it, which releases up to 1.30 do not know. */
export type Sight = 'visible' | 'hidden' | 'unsure';

// sidecar.go selectServices, hostClassification.Matches
export function seesService(scope: Scope, namespace: string, host: string): Sight {
  return sees(scope, namespace, (entry) => covers(entry.host, host));
}

// pilot/pkg/model/virtualservice.go SelectVirtualServices, sidecar.go VSMatches: either may cover the other.
export function seesVirtualService(
  scope: Scope,
  namespace: string,
  hosts: readonly string[],
): Sight {
  return sees(scope, namespace, (entry) => hosts.some((host) => overlaps(entry.host, host)));
}

function sees(scope: Scope, namespace: string, about: (entry: Import) => boolean): Sight {
  const here = (entry: Import) => entry.namespace === namespace || entry.namespace === '*';
  if (!scope.imports.some((entry) => here(entry) && about(entry))) return 'hidden';
  return scope.excludes.some((entry) => entry.namespace !== '' && here(entry) && about(entry))
    ? 'unsure'
    : 'visible';
}
