// What the proxy log says about istiod and the CA: reached or not, refused or not, and when.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { happened } from '../../core/moment.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import {
  failureOf,
  readLines,
  type Failure,
  type LogLine,
  type ScopedLine,
} from './proxy-log-lines.ts';

/** What the log says about one of those that the proxy calls. The newest line wins. */
export type PeerLog = {
  /** `istiod.istio-system.svc:15012`, as the agent logs it when it starts. */
  readonly address: string | undefined;
  /** The last attempt that succeeded. */
  readonly reached: LogLine | undefined;
  /** The last attempt that failed, when none has succeeded since. */
  readonly failing: Failure | undefined;
};

export type ProxyLog = {
  /** Who sends config: called by the agent, and through it by Envoy. */
  readonly istiod: PeerLog;
  /** Who signs the proxy's certificate: istiod too, unless CA_ADDR names another. */
  readonly ca: PeerLog;
  /** The last stream broke, and none was opened since. That proves little: the next attempt may be under way. */
  readonly ended: LogLine | undefined;
  /** The config that Envoy rejected last. */
  readonly rejections: readonly LogLine[];
};

const match =
  'xdsproxy|"scope":"xdsproxy"|failed to sign|CSR|create certificate|generated new workload certificate|CA Endpoint|Unauthenticated|authentication failure|x509|to xds-grpc closed|config for type\\.googleapis\\.com.* rejected|exceeded rate limit';

export type LogArgs = { readonly pod: PodRef; readonly container: string };

export const proxyLog = fact({
  name: 'istio/proxy-log',
  asks: ({ pod }: LogArgs) => `what the proxy log of ${podText(pod)} says about istiod`,
  byHand: ({ pod, container }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${container} --since=1h --tail=2000`,
      words`grep -E xdsproxy|xds-grpc|certificate|rejected|x509|Unauthenticated`,
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
  show: ({ istiod, ca, ended, rejections }) => {
    const lines = [
      ca.failing,
      istiod.failing ?? ended,
      istiod.reached,
      ...rejections.slice(-2),
    ].filter((line): line is LogLine => line !== undefined);
    return lines.length === 0 ? ['nothing about istiod in the last hour'] : lines.map(lineText);
  },
  moments: ({ istiod, ca, ended, rejections }, { pod }) =>
    [ca.failing, istiod.failing ?? ended, ...rejections.slice(-5)].flatMap((line) =>
      happened('push', line?.at, `the proxy of ${podText(pod)} logged: ${line?.text ?? ''}`),
    ),
});

function lineText({ at, text }: LogLine): string {
  return at === undefined ? text : `${new Date(at).toISOString()} ${text}`;
}

const patterns = {
  started: /Initializing with upstream address/,
  ended: /upstream terminated with unexpected error/,
  rejection: /config for type\.googleapis\.com\S* rejected/,
} as const;

export function readProxyLog(lines: readonly string[]): ProxyLog {
  const all = readLines(lines);
  const start = all.findLastIndex((line) => patterns.started.test(line.text));
  // Only lines of the current process.
  const read = all.slice(start + 1);
  const istiod = peerLog(read, isAboutIstiod, /connected to (?:delta )?upstream XDS server/);
  const ca = peerLog(read, isAboutCa, /generated new workload certificate/);
  const ended = read.findLast((l) => l.scope === 'xdsproxy' && patterns.ended.test(l.text));
  const at = (pattern: RegExp, from: readonly ScopedLine[]) =>
    from.map((line) => pattern.exec(line.text)?.[1]).findLast((found) => found !== undefined);
  return {
    istiod: { ...istiod.peer, address: at(/upstream address "([^"]+)"/, all.slice(0, start + 1)) },
    // The agent names it before it starts to serve Envoy.
    ca: { ...ca.peer, address: at(/CA Endpoint (\S+?),/, all) },
    ended: ended && isAfter(ended, istiod.reached) ? ended : undefined,
    rejections: refusals(read.filter((line) => isAfter(line, istiod.reached))),
  };
}

function isAboutIstiod({ scope, text }: ScopedLine): boolean {
  // The agent's "downstream" is Envoy.
  return (
    (scope === 'xdsproxy' && !text.startsWith('downstream')) || text.includes('to xds-grpc closed')
  );
}

function isAboutCa({ scope, text }: ScopedLine): boolean {
  return /^(?:citadelclient|cache|sds)$/.test(scope) || text.includes('to sds-grpc closed');
}

type Read = {
  readonly peer: Omit<PeerLog, 'address'>;
  readonly reached: ScopedLine | undefined;
};

function peerLog(
  read: readonly ScopedLine[],
  isAbout: (line: ScopedLine) => boolean,
  success: RegExp,
): Read {
  const mine = read.filter(isAbout);
  const reached = mine.findLast((line) => success.test(line.text));
  const failures = mine
    .filter((line) => isAfter(line, reached))
    .map(failureOf)
    .filter((failed) => failed !== undefined);
  const [first] = failures;
  const last = failures.at(-1);
  // Envoy says since when it fails; the agent logs each attempt.
  const since = last?.since ?? first?.since ?? first?.at;
  return { peer: { reached, failing: last && { ...last, since } }, reached };
}

function isAfter(line: ScopedLine, other: ScopedLine | undefined): boolean {
  return other === undefined || line.order > other.order;
}

/** Each reason once, where it was last: Envoy logs it from two of its layers. */
function refusals(lines: readonly ScopedLine[]): readonly LogLine[] {
  const byReason = new Map<string, ScopedLine>();
  for (const line of lines.filter((l) => patterns.rejection.test(l.text))) {
    byReason.set(line.text.replace(/^.*? rejected: /s, ''), line);
  }
  return [...byReason.values()].slice(-5);
}
