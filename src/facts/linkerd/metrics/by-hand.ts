// The command by which a person asks a Prometheus the same questions about Linkerd's proxies.
import { words } from '../../../core/argv.ts';
import { kubectl, meshdoc, type Command } from '../../../core/command.ts';
import type { PrometheusAt } from '../../prometheus/ask.ts';

/** Prometheus images are based on busybox, so they have wget. */
export function byHandAt(where: PrometheusAt, path: string): Command {
  if (where.by === 'address') {
    return meshdoc`diagnose linkerd-metrics --prometheus ${where.address}`;
  }
  const { pod, container } = where;
  const url = `http://localhost:9090${path}`;
  const inside = words`exec ${pod.name} -n ${pod.namespace} -c ${container} --`;
  return kubectl`${inside} wget -qO- ${url}`;
}
