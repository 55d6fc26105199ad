// What a proxy's log says about its identity, and about connections on which it waited in vain for a first byte
// (linkerd2-proxy linkerd/app/src/lib.rs, linkerd/proxy/identity-client/src/certify.rs,
// linkerd/app/inbound/src/detect.rs, linkerd/app/outbound/src/protocol.rs).
import { words } from '../../../core/argv.ts';
import { kubectl, piped } from '../../../core/command.ts';
import { fact, needs } from '../../../core/fact.ts';
import type { LogsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import { proxyContainer } from '../../../model/linkerd/mesh-pod.ts';

const identity = 'Failed to obtain identity|Waiting for identity';
const timeouts = 'as opaque due to policy|Continuing after timeout';
const pattern = `${identity}|${timeouts}|Certified identity`;

export type ProxyWords = {
  /** The last complaint about its identity, if no line after it says that it was certified. */
  readonly identity: string | undefined;
  readonly timedOut: string | undefined;
};

export const proxyWords = fact({
  name: 'linkerd/proxy-words',
  asks: ({ pod }: { pod: PodRef }) => `the log of the proxy in ${podText(pod)}`,
  byHand: ({ pod }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${proxyContainer} --tail=2000`,
      words`grep -E ${pattern}`,
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod }, signal) => {
    const question: LogsQuestion = {
      ...{ ask: 'logs', pod, container: proxyContainer, tailLines: 2000 },
      match: { name: 'identity-and-detection', pattern },
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readWords(reply.value) } : failure(reply, question);
  },
  show: (words) => {
    const said = [words.identity, words.timedOut].filter((line) => line !== undefined);
    return said.length === 0 ? ['nothing about identity or protocol detection'] : said;
  },
});

/** Without the time, level, thread and task in front of it. */
export function messageOf(line: string): string {
  return line
    .trim()
    .replace(/^\[[^\]]*\]\s+[A-Z]+\s+ThreadId\(\d+\)\s+(daemon:identity: \S+: )?/, '');
}

export function readWords(lines: readonly string[]): ProxyWords {
  const certified = lines.findLastIndex((line) => line.includes('Certified identity'));
  return {
    identity: lines.slice(certified + 1).findLast((line) => new RegExp(identity).test(line)),
    timedOut: lines.findLast((line) => new RegExp(timeouts).test(line)),
  };
}
