// How a person sees the certificate that a port inside a pod presents.
import { words } from '../../core/argv.ts';
import { during, kubectl, piped, type Command } from '../../core/command.ts';
import type { PodRef } from '../../core/refs.ts';

/** `serverName`: the name its clients use, because a server may present another certificate for another name. */
export function servedByHand(pod: PodRef, port: number, serverName: string): Command {
  const forward = kubectl`port-forward -n ${pod.namespace} ${pod.name} ${port}:${port}`;
  const dial = words`openssl s_client -connect localhost:${port} -servername ${serverName}`;
  const show = words`openssl x509 -noout -subject -issuer -dates -fingerprint -sha256`;
  return piped(during(forward, dial), show);
}
