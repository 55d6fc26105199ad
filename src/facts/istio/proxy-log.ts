// What the proxy log says about istiod: reached or not, refused or not, and when.
// Lines: istio pkg/istio-agent/xds_proxy.go and xds_proxy_delta.go (scope xdsproxy), security/pkg/nodeagent
// (scopes sds, cache, citadelclient), envoy source/extensions/config_subscription/grpc.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { happened } from '../../core/moment.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import { parseJson, text, time } from '../../model/kube/read.ts';

export type LogLine = { readonly at: number | undefined; readonly text: string };

export type ProxyLog = {
  /** The last time a stream to istiod was opened. */
  readonly connected: LogLine | undefined;
  /** The last failure to reach istiod, when it is newer than `connected`. */
  readonly unreachable: LogLine | undefined;
  /** The last stream broke, and none was opened since. That proves little: the next attempt may be under way. */
  readonly ended: LogLine | undefined;
  /** istiod was reached and said no: credentials or trust. */
  readonly refused: (LogLine & { readonly because: 'token' | 'trust' }) | undefined;
  /** The config that Envoy rejected last. */
  readonly rejections: readonly LogLine[];
};

const match =
  'xdsproxy|"scope":"xdsproxy"|failed to sign|CSR|Unauthenticated|authentication failure|x509|to xds-grpc closed|config for type\\.googleapis\\.com.* rejected|exceeded rate limit';

export type LogArgs = { readonly pod: PodRef; readonly container: string };

export const proxyLog = fact({
  name: 'istio/proxy-log',
  asks: ({ pod }: LogArgs) => `what the proxy log of ${podText(pod)} says about istiod`,
  byHand: ({ pod, container }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${container} --since=1h --tail=2000`,
      words`grep -E xdsproxy|rejected|x509|Unauthenticated`,
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
      match: { name: 'control-plane', pattern: match },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: readProxyLog(reply.value) };
  },
  show: (log) => {
    const lines = [
      log.refused,
      log.unreachable ?? log.ended,
      log.connected,
      ...log.rejections.slice(-2),
    ];
    const seen = lines.filter((line): line is LogLine => line !== undefined);
    return seen.length === 0
      ? ['nothing about istiod in the last hour']
      : seen.map((l) =>
          l.at === undefined ? l.text : `${new Date(l.at).toISOString()} ${l.text}`,
        );
  },
  moments: ({ refused, unreachable, ended, rejections }, { pod }) =>
    [refused, unreachable ?? ended, ...rejections.slice(-5)].flatMap((line) =>
      happened('push', line?.at, `the proxy of ${podText(pod)} logged: ${line?.text ?? ''}`),
    ),
});

const patterns = {
  started: /Initializing with upstream address/,
  connected: /connected to (delta )?upstream XDS server/,
  // A stream that closes is normal about every 30 minutes; failing to open one is not.
  ended: /upstream terminated with unexpected error/,
  unreachable:
    /failed to connect to (delta )?upstream|upstream.*connection error|dial tcp|i\/o timeout/i,
  token: /Unauthenticated|authentication failure|token (has|is) expired/i,
  trust: /x509|certificate signed by unknown authority|failed to verify certificate/i,
  rejection: /config for type\.googleapis\.com\S* rejected/,
} as const;

/**
 * How long a refusal or a failure still counts after a newer connection: istiod accepts the connection before it
 * checks the credentials, so a refused proxy logs both in turn.
 */
const inTurnMs = 90_000;

export function readProxyLog(lines: readonly string[]): ProxyLog {
  const all = lines.map((line, order) => ({ ...readLine(line), order }));
  // Only lines of the current process.
  const read = all.slice(all.findLastIndex((line) => patterns.started.test(line.text)) + 1);
  const agent = read.filter((line) => line.scope !== 'envoy');
  const last = (pattern: RegExp) => agent.findLast((line) => pattern.test(line.text));
  // Envoy repeats how long the agent has been failing: "closed since 44s ago: 14, dial tcp ...".
  const dialling = read.findLast((line) => patterns.unreachable.test(line.text));
  const connected = last(patterns.connected);
  const standing = (line: ScopedLine | undefined) =>
    line && stands(line, connected) ? line : undefined;
  const ended = last(patterns.ended);
  const trust = standing(last(patterns.trust));
  const token = standing(last(patterns.token));
  const refused = trust
    ? ({ ...trust, because: 'trust' } as const)
    : token && ({ ...token, because: 'token' } as const);
  return {
    connected,
    unreachable: refused ? undefined : standing(dialling),
    ended: ended && isAfter(ended, connected) ? ended : undefined,
    refused,
    rejections: refusals(read.filter((line) => isAfter(line, connected))),
  };
}

type ScopedLine = LogLine & { readonly scope: string; readonly order: number };

/** pilot-agent's own lines (tab-separated, or JSON with --log_as_json) and Envoy's, which it passes on. */
function readLine(line: string): Omit<ScopedLine, 'order'> {
  const json = line.startsWith('{') ? parseJson(line) : undefined;
  if (json !== undefined) {
    const at = time(text(json, 'time'));
    return { at, scope: text(json, 'scope') ?? '', text: text(json, 'msg') ?? '' };
  }
  const [stamp = '', , scope = '', ...rest] = line.trim().split('\t');
  const said = rest.filter((part) => !/^(id|thread)=\d+$/.test(part)).join(' ');
  if (rest.length === 0 || !scope)
    return { at: time(stamp), scope: scopeOf(scope), text: scope || line.trim() };
  return { at: time(stamp), scope: scopeOf(scope), text: said };
}

function scopeOf(scope: string): string {
  return scope.startsWith('envoy') ? 'envoy' : scope;
}

function isAfter(line: ScopedLine, other: ScopedLine | undefined): boolean {
  return other === undefined || line.order > other.order;
}

function stands(line: ScopedLine, connected: ScopedLine | undefined): boolean {
  if (!connected || isAfter(line, connected)) return true;
  return line.at !== undefined && connected.at !== undefined && connected.at - line.at < inTurnMs;
}

/** Each reason once, where it was last: Envoy logs it from two of its layers. */
function refusals(lines: readonly ScopedLine[]): readonly LogLine[] {
  const byReason = new Map<string, ScopedLine>();
  for (const line of lines.filter((l) => patterns.rejection.test(l.text))) {
    byReason.set(line.text.replace(/^.*? rejected: /s, ''), line);
  }
  return [...byReason.values()].slice(-5);
}
