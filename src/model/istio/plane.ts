// Whether istiod serves, and why not: of the revision that a proxy belongs to, where that is known.
import type { ControlPlane, Istiod, IstiodDeployment } from '../../facts/istio/istiods.ts';
import type { PodRef } from '../../core/refs.ts';
import { crashedIn, isStarting, killedIn } from '../kube/serving.ts';

/** Why the control plane serves no proxy. */
export type Outage =
  | { readonly is: 'scaled-to-zero'; readonly deployment: string }
  /** Its Deployment wants pods, and there are none. */
  | { readonly is: 'no-pods'; readonly deployment: string; readonly reason: string }
  | {
      readonly is: 'down';
      readonly istiod: Istiod;
      readonly reason: string;
      /** The container that exited; its last log lines say why. */
      readonly crashed: { readonly pod: PodRef; readonly container: string } | undefined;
      readonly killed: boolean;
      readonly endedAt: string | undefined;
    }
  | { readonly is: 'none-found' };

/** `undefined`: at least one istiod serves. */
export function outage(plane: ControlPlane): Outage | undefined {
  const { istiods, deployments } = plane;
  if (istiods.some((i) => i.ready) && isCounted(deployments)) return undefined;
  const first = istiods.find((i) => !i.ready) ?? istiods[0];
  if (first) return downBy(first);
  const zero = deployments.find(({ wanted }) => wanted === 0);
  if (zero) return { is: 'scaled-to-zero', deployment: zero.name };
  const [made] = deployments;
  return made ? without(made, plane) : { is: 'none-found' };
}

/** Where no Deployment counts a ready pod, one that calls itself ready is about to go, or came just now. */
function isCounted(deployments: readonly IstiodDeployment[]): boolean {
  return deployments.length === 0 || deployments.some(({ ready }) => ready > 0);
}

function downBy(istiod: Istiod): Outage {
  const { pod } = istiod;
  const ended = crashedIn(pod);
  return {
    is: 'down',
    istiod,
    reason: `${istiod.trouble ?? 'no pod of it is counted as ready'} (${pod.ref.name})`,
    crashed: ended && { pod: pod.ref, container: ended.name },
    killed: killedIn(pod) !== undefined,
    endedAt: ended?.last.is === 'terminated' ? ended.last.at : undefined,
  };
}

function without({ name }: IstiodDeployment, { warnings }: ControlPlane): Outage {
  const refused = warnings.find(
    ({ object, reason }) => reason === 'FailedCreate' && object.startsWith(name),
  );
  return { is: 'no-pods', deployment: name, reason: refused?.message ?? 'it has no pods' };
}

export function deploymentOf(istiod: Istiod): string {
  return istiod.pod.workload?.name ?? 'istiod';
}

/** What serves a proxy of this revision; all of it where no istiod has that revision, or where it is not known. */
export function planeOf(plane: ControlPlane, revision: string | undefined): ControlPlane {
  const istiods = plane.istiods.filter((i) => i.revision === revision);
  const deployments = plane.deployments.filter((d) => d.revision === revision);
  const isKnown = istiods.length + deployments.length > 0;
  return isKnown ? { ...plane, istiods, deployments } : plane;
}

/** Those that do not serve while others do; a rollout is nothing unusual. */
export function impaired({ istiods, now }: ControlPlane): readonly Istiod[] {
  return istiods.filter(({ ready, pod }) => !ready && !pod.deleting && !isStarting(pod, now));
}
