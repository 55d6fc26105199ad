// Looks at a pod that several runbooks print.
import { inspect, kubectl, type Command, type Fix, type PodRef } from '../../../src/authoring.ts';

export function describePod(does: string, { namespace, name }: PodRef): Fix {
  return inspect(does, kubectl`describe pod ${name} -n ${namespace}`);
}

export function readEnd({ namespace, name }: PodRef, container: string): Fix {
  return inspect(
    `Read how ${container} ended`,
    kubectl`logs ${name} -n ${namespace} -c ${container} --previous --tail=50`,
  );
}

export function readApplication(
  { namespace, name }: PodRef,
  container: string,
  verify: Command,
): Fix {
  const run = kubectl`logs ${name} -n ${namespace} -c ${container} --tail=50`;
  return inspect("Read the application's log", run, verify);
}
