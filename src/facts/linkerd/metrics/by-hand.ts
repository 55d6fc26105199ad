// How a person asks a Prometheus for what is asked here of Linkerd's proxies.
import { words } from '../../../core/argv.ts';
import { kubectl, meshdoc, type Command } from '../../../core/command.ts';
import type { PrometheusAt } from '../../prometheus/ask.ts';

/** Images of Prometheus are made from busybox, so wget is there. */
export function byHandAt(where: PrometheusAt, path: string): Command {
  if (where.by === 'address') {
    return meshdoc`diagnose linkerd-metrics --prometheus ${where.address}`;
  }
  const { pod, container } = where;
  const url = `http://localhost:9090${path}`;
  const inside = words`exec ${pod.name} -n ${pod.namespace} -c ${container} --`;
  return kubectl`${inside} wget -qO- ${url}`;
}
