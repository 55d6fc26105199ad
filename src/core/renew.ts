// New pods in the place of those that run: each kind of maker has its own way, and some have none.
import { kubectl, type Command } from './command.ts';
import { inspect, replacePod, type Fix, type WorkloadName } from './fix.ts';

/** What `kubectl rollout` takes (kubectl pkg/polymorphichelpers/objectrestarter.go). */
export function isRollable(kind: string): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
}

/** Replaces all pods of a workload, by its names. `pods`: those of its pods that are known. */
export function restartNamed(
  kind: string,
  name: string,
  namespace: string,
  verify: Command,
  pods: readonly string[] = [],
): Fix {
  const workload = { kind, name, namespace };
  if (isRollable(kind)) return rollout(workload, verify);
  switch (kind) {
    case 'Pod':
      return replacePod(workload, workload, verify);
    case 'Rollout':
      return argoRestart(workload, verify);
    case 'Job':
      return recreateJob(workload, verify);
    case 'CronJob':
      return nextRun(workload, verify);
    case 'ReplicaSet':
    case 'ReplicationController':
      return pods.length > 0 ? deletePods(workload, pods, verify) : askItsOwner(workload, verify);
    default:
      return askItsOwner(workload, verify);
  }
}

const sameTemplate = { because: 'the new pods are made from the same template' };

function targetOf({ kind, name }: WorkloadName): string {
  return `${kind.toLowerCase()}/${name}`;
}

function rollout(workload: WorkloadName, verify: Command): Fix {
  const target = targetOf(workload);
  return {
    does: `Restart ${target}`,
    run: kubectl`rollout restart ${target} -n ${workload.namespace}`,
    risk: 'restarts-pods',
    touches: `every pod of ${target} in ${workload.namespace}, one after another`,
    undo: sameTemplate,
    verify,
  };
}

/** argo-rollouts docs/features/restart.md: its own command, for `kubectl rollout` does not know the kind. */
function argoRestart(workload: WorkloadName, verify: Command): Fix {
  const { name, namespace } = workload;
  return {
    does: `Restart ${targetOf(workload)}`,
    run: kubectl`argo rollouts restart ${name} -n ${namespace}`,
    risk: 'restarts-pods',
    touches: `every pod of ${targetOf(workload)} in ${namespace}, one after another`,
    undo: sameTemplate,
    verify,
    note: 'This needs the kubectl plugin of Argo Rollouts; without it, set spec.restartAt of the Rollout to the current time.',
  };
}

/** For a controller that makes a new pod only in the place of one that is gone. */
export function deletePods(workload: WorkloadName, pods: readonly string[], verify: Command): Fix {
  const { kind, name, namespace } = workload;
  return {
    does: `Delete the pods of ${targetOf(workload)}, so that it makes new ones`,
    run: kubectl`delete pod ${pods} -n ${namespace}`,
    risk: 'restarts-pods',
    touches:
      pods.length === 1
        ? `this pod only; ${kind} ${name} makes another`
        : `these ${pods.length} pods, all at once; ${kind} ${name} makes others`,
    undo: sameTemplate,
    verify,
  };
}

/** The template of a Job cannot be changed, and a Job that has ended makes no more pods (kubernetes pkg/apis/batch/validation). */
function recreateJob(workload: WorkloadName, verify: Command): Fix {
  const { name, namespace } = workload;
  return {
    ...inspect(
      `Save the manifest of job/${name}, delete the Job, and create it again from that`,
      kubectl`get job ${name} -n ${namespace} -o yaml`,
      verify,
    ),
    note: 'Remove status, spec.selector and the labels with controller-uid from the manifest first. If a CronJob made this Job, its next run makes a new one.',
  };
}

/** A run that is started by hand does all that a run does, so it is no command to paste. */
function nextRun(workload: WorkloadName, verify: Command): Fix {
  const { name, namespace } = workload;
  return {
    ...inspect(
      `Wait for the next run of cronjob/${name}: running pods never change`,
      kubectl`get cronjob/${name} -n ${namespace}`,
      verify,
    ),
    note: `kubectl create job ${name}-now --from=cronjob/${name} -n ${namespace} starts a run at once.`,
  };
}

function askItsOwner(workload: WorkloadName, verify: Command): Fix {
  const { kind, name, namespace } = workload;
  return inspect(
    `Ask who runs ${kind} ${name} how it replaces its pods: kubectl rollout restart does not know that kind`,
    kubectl`get ${kind.toLowerCase()} ${name} -n ${namespace} -o yaml`,
    verify,
  );
}
