// Connections to a pod that the ztunnel on its node refused. Lines: ztunnel src/proxy/metrics.rs and src/rbac.rs.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { ListQuestion, LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure, podRef } from '../kube/ask.ts';
import { pods } from '../kube/kinds.ts';
import { time } from '../../model/kube/read.ts';
import type { Refusal } from './denial-line.ts';
import { grouped, logMinutes, refusalMoments, refusedLine, type DenialLog } from './denial-log.ts';

export type ZtunnelArgs = { readonly pod: PodRef; readonly node: string; readonly root: string };

export const ztunnelLog = fact({
  name: 'istio/ztunnel-log',
  asks: ({ pod, node }: ZtunnelArgs) =>
    `connections to ${podText(pod)} that the ztunnel on ${node} refused`,
  byHand: ({ root }) =>
    piped(
      kubectl`logs -n ${root} -l app=ztunnel --prefix --tail=-1 --since=10m`,
      words`grep ${'policy rejection'}`,
    ),
  needs: [needs(['list'], 'pods', 'mesh-root'), needs(['get'], 'pods/log', 'mesh-root')],
  timeoutMs: 9000,
  fetch: async (ports, { pod, node, root }, signal): Promise<Fetched<DenialLog>> => {
    const fields = `spec.nodeName=${node}`;
    const listed: ListQuestion = {
      ask: 'list',
      resource: pods,
      namespace: root,
      labels: 'app=ztunnel',
      fields,
    };
    const found = await ports.ask(listed, signal);
    if (!found.ok) return failure(found, listed);
    const [ztunnel] = found.value.items;
    if (!ztunnel) return { ok: false, why: 'absent', detail: `no ztunnel on ${node}` };
    const question: LogsQuestion = {
      ask: 'logs',
      pod: podRef(ztunnel),
      container: 'istio-proxy',
      sinceSeconds: logMinutes * 60,
      tailLines: 3000,
      match: { name: 'rejections', pattern: 'policy rejection' },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const since = ports.clock.now() - logMinutes * 60_000;
    const refused = reply.value.flatMap((line) => readRejection(line, pod) ?? []);
    return { ok: true, value: { refused: grouped(refused, since) } };
  },
  show: ({ refused }) =>
    refused.length === 0
      ? [`no refusal for this pod logged in the last ${logMinutes} minutes`]
      : refused.slice(0, 6).map(refusedLine),
  moments: ({ refused }) => refusalMoments(refused),
});

/** `undefined` for a line about another pod, or without a rejection. */
export function readRejection(line: string, pod: PodRef): Refusal | undefined {
  const field = (name: string): string | undefined => {
    const key = name.replaceAll('.', '\\.');
    const found = new RegExp(`"?\\b${key}"?[=:]\\s?"?([^"\\s]+)"?`).exec(line);
    return found?.[1];
  };
  const why = /policy rejection: ([^"]+)"?/.exec(line)?.[1];
  if (why === undefined || field('direction') !== 'inbound') return undefined;
  if (field('dst.workload') !== pod.name || field('dst.namespace') !== pod.namespace)
    return undefined;
  const [, ip] = /^\[?(.+?)\]?:\d+$/.exec(field('src.addr') ?? '') ?? [];
  const port = Number(/:(\d+)$/.exec(field('dst.hbone_addr') ?? field('dst.addr') ?? '')?.[1]);
  const identity = field('src.identity')?.replace(/^spiffe:\/\//, '');
  return {
    at: time(/\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(line)?.[0]),
    by: refuserOf(why),
    status: undefined,
    ip,
    peer: ip,
    forwardedFor: undefined,
    port: port || undefined,
    principal: identity,
    transport: identity === undefined ? 'plaintext' : 'mtls',
    method: undefined,
    path: undefined,
    host: undefined,
  };
}

function refuserOf(why: string): Refusal['by'] {
  const [, namespace, name] = /explicitly denied by: ([^/\s]+)\/(\S+)/.exec(why) ?? [];
  if (namespace === undefined || name === undefined) {
    return { is: 'rbac', details: 'rbac_access_denied_matched_policy[none]' };
  }
  // istiod turns STRICT into a policy of this name: pilot/pkg/serviceregistry/kube/controller/ambient/policies.go.
  if (name.startsWith('istio_converted_')) return { is: 'no-chain' };
  return { is: 'rbac', details: why.trim(), policy: { namespace, name } };
}
