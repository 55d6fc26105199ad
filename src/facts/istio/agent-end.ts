// What the proxy's agent logged when its Envoy ended. When the kernel kills only Envoy (cgroup v1, or kubelet
// singleProcessOOMKill), the agent survives, logs it and exits with code 0: only its log tells.
// Lines: istio pkg/envoy/agent.go Run.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { happened } from '../../core/moment.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import { time } from '../../model/kube/read.ts';

export type AgentEnd = {
  /** The line that names lack of memory, or only the kill. */
  readonly killed: string | undefined;
  readonly at: number | undefined;
  /** How else Envoy ended: `exit status 1`. */
  readonly ended: string | undefined;
};
export type AgentEndArgs = { readonly pod: PodRef; readonly container: string };

const match = {
  name: 'envoy-end',
  pattern: 'Envoy may have been out of memory killed|Envoy exited',
};

export const agentEnd = fact({
  name: 'istio/agent-end',
  asks: ({ pod }: AgentEndArgs) => `how Envoy last exited in ${podText(pod)}`,
  byHand: ({ pod, container }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${container} --previous`,
      words`grep -E ${match.pattern}`,
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, container }, signal) => {
    const question: LogsQuestion = {
      ask: 'logs',
      pod,
      container,
      previous: true,
      tailLines: 500,
      match,
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readAgentEnd(reply.value) } : failure(reply, question);
  },
  show: ({ killed, ended }) => [killed ?? ended ?? 'no line about Envoy exiting'],
  moments: ({ at }, { pod }) => happened('end', at, `Envoy in ${podText(pod)} was killed`),
});

const outOfMemory = /Envoy may have been out of memory killed/;
const sigkill = /Envoy exited with error: signal: killed/;

export function readAgentEnd(lines: readonly string[]): AgentEnd {
  const killed =
    lines.findLast((line) => outOfMemory.test(line)) ??
    lines.findLast((line) => sigkill.test(line));
  const ended = lines.findLast((line) => /Envoy exited/.test(line));
  const stamp = killed === undefined ? undefined : /\d{4}-\d\d-\d\dT[\d:.]+Z/.exec(killed)?.[0];
  return {
    killed: killed?.replace(/\s+/g, ' ').trim(),
    at: time(stamp),
    ended: ended?.replace(/\s+/g, ' ').trim(),
  };
}
