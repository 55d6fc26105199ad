// Who changed an object last, and who would revert a manual change.
import type { KubeObject, Manager } from '../../core/object.ts';
import { compare } from './order.ts';

export type Changed = {
  /** Undefined where no write is recorded: then `at` is when it was created. */
  readonly by: string | undefined;
  readonly at: string;
  readonly generation: number;
};

/** The last write that was not to a subresource (a status). */
export function lastChange(object: KubeObject): Changed | undefined {
  const last = writes(object)
    .sort((a, b) => compare(b.time ?? '', a.time ?? ''))
    .at(0);
  const at = last?.time ?? object.metadata.creationTimestamp;
  if (at === undefined) return undefined;
  return { by: last?.manager, at, generation: object.metadata.generation ?? 1 };
}

function writes(object: KubeObject): Manager[] {
  return (object.metadata.managedFields ?? []).filter(
    (entry) => (entry.subresource ?? '') === '' && entry.time !== undefined,
  );
}

// argo-cd docs/user-guide/resource_tracking.md; fluxcd kustomize-controller and helm-controller set these
// labels on everything they apply; helm pkg/action/validate.go requires its label and annotations.
export function ownerOf(object: KubeObject): string | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const app = tracked ?? labels['argocd.argoproj.io/instance'] ?? byManager(object, labels);
  if (app) return `Argo CD app ${app}`;
  for (const [group, kind] of FLUX) {
    const name = labels[`${group}/name`];
    if (name) return `Flux ${kind} ${labels[`${group}/namespace`] ?? 'unknown'}/${name}`;
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release) return `Helm release ${release}`;
  const controller = object.metadata.ownerReferences?.find((one) => one.controller === true);
  return controller && `${controller.kind} ${controller.name}`;
}

const FLUX = [
  ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
  ['helm.toolkit.fluxcd.io', 'HelmRelease'],
] as const;

/** Argo CD's oldest way of tracking shares its label with others, so its manager must have written too. */
function byManager(
  object: KubeObject,
  labels: Readonly<Record<string, string>>,
): string | undefined {
  const wrote = writes(object).some((entry) => entry.manager === 'argocd-controller');
  return wrote ? labels['app.kubernetes.io/instance'] : undefined;
}
