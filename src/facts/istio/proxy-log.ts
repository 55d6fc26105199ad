// What the proxy's log says about its control plane: reached or not, refused or not, and when.
// Lines: istio pkg/istio-agent/xds_proxy.go and xds_proxy_delta.go (scope xdsproxy), security/pkg/nodeagent
// (scopes sds, cache, citadelclient), envoy source/extensions/config_subscription/grpc.
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import { time } from '../kube/read.ts';

export type LogLine = { readonly at: number | undefined; readonly text: string };

export type ProxyLog = {
  /** The last time a stream to istiod was made. */
  readonly connected: LogLine | undefined;
  /** The last failure to reach istiod, when it is newer than `connected`. */
  readonly unreachable: LogLine | undefined;
  /** istiod was reached and said no: credentials or trust. */
  readonly refused: (LogLine & { readonly because: 'token' | 'trust' }) | undefined;
  /** Envoy's latest refusals of config. */
  readonly rejections: readonly LogLine[];
};

const match =
  'xdsproxy|failed to sign|CSR|Unauthenticated|authentication failure|x509|config for type\\.googleapis\\.com.* rejected|exceeded rate limit';

export type LogArgs = { readonly pod: PodRef; readonly container: string };

export const proxyLog = fact({
  name: 'istio/proxy-log',
  asks: ({ pod }: LogArgs) => `the proxy's log in ${podText(pod)} about its control plane`,
  byHand: ({ pod, container }) =>
    piped(
      kubectl('logs', pod.name, '-n', pod.namespace, '-c', container, '--since=1h', '--tail=2000'),
      'grep',
      '-E',
      'xdsproxy|rejected|x509|Unauthenticated',
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, container }, signal) => {
    const question: LogsQuestion = {
      ask: 'logs',
      pod,
      container,
      sinceSeconds: 3600,
      tailLines: 2000,
      match,
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: readProxyLog(reply.value) };
  },
  show: (log) => {
    const lines = [log.refused, log.unreachable, log.connected, ...log.rejections.slice(-2)];
    const seen = lines.filter((line): line is LogLine => line !== undefined);
    return seen.length === 0
      ? ['nothing about the control plane in the last hour']
      : seen.map((l) => l.text);
  },
});

const patterns = {
  connected: /xdsproxy\s+connected to (delta )?upstream XDS server/,
  // "disconnected from XDS server" and stream errors by codes follow every loss, also the normal one every ~30 min.
  unreachable:
    /xdsproxy.*(failed to (connect|dial)|upstream.*(terminated with unexpected error|connection error)|dial tcp)/i,
  token: /Unauthenticated|authentication failure|token.*(expired|audience|invalid)/i,
  trust: /x509|certificate signed by unknown authority|tls: failed to verify/i,
  rejection: /config for type\.googleapis\.com\S* rejected/,
} as const;

export function readProxyLog(lines: readonly string[]): ProxyLog {
  const read = lines.map((line): LogLine => ({
    at: time(/^\S+Z/.exec(line)?.[0]),
    text: line.trim(),
  }));
  const last = (pattern: RegExp) => read.findLast((line) => pattern.test(line.text));
  const connected = last(patterns.connected);
  const newer = (line: LogLine | undefined) => (isAfter(line, connected, read) ? line : undefined);
  const trust = newer(last(patterns.trust));
  const token = newer(last(patterns.token));
  const refused = trust
    ? ({ ...trust, because: 'trust' } as const)
    : token && ({ ...token, because: 'token' } as const);
  return {
    connected,
    unreachable: newer(last(patterns.unreachable)),
    refused,
    rejections: read.filter((line) => patterns.rejection.test(line.text)).slice(-5),
  };
}

/** Later in the log; order decides, since lines of one second may share a time. */
function isAfter(
  line: LogLine | undefined,
  other: LogLine | undefined,
  all: readonly LogLine[],
): boolean {
  if (!line) return false;
  return !other || all.indexOf(line) > all.indexOf(other);
}
