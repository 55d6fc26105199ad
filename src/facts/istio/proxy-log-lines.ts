// One line of the proxy's log: when, by which scope, and what an attempt to reach the control plane came to.
// Lines: istio pkg/istio-agent/xds_proxy.go and xds_proxy_delta.go (scope xdsproxy), security/pkg/nodeagent (scopes sds,
// cache, citadelclient), envoy source/extensions/config_subscription/grpc/grpc_stream.h logClose.
import { parseJson, text, time } from '../../model/kube/read.ts';

export type LogLine = { readonly at: number | undefined; readonly text: string };

/** Why an attempt failed, as far as its line says. */
export type Because =
  /** No connection: it says nothing, refuses, or its name leads nowhere. */
  | 'unreachable'
  /** The certificate there is signed by a root that the pod does not have. */
  | 'authority'
  /** The certificate there is not for the name that was called. */
  | 'name'
  /** A certificate there has expired, or is not valid yet. */
  | 'time'
  /** Whatever else is wrong with the certificate there. */
  | 'certificate'
  /** It was reached, and rejects the token. */
  | 'token';

export type Failure = LogLine & {
  readonly because: Because;
  /** What went wrong, without who says it to whom: "dial tcp: lookup istiod.x.svc on 10.0.0.10:53: no such host". */
  readonly reason: string;
  /** When the attempts began to fail, where the line says it. */
  readonly since: number | undefined;
};

export type ScopedLine = LogLine & { readonly scope: string; readonly order: number };

export function readLines(lines: readonly string[]): readonly ScopedLine[] {
  return lines.map((line, order) => ({ ...readLine(line), order }));
}

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

/** The first that fits: a line about a certificate also says that the connection failed. Texts: Go's crypto/x509/verify.go. */
const reasons: readonly (readonly [Because, RegExp])[] = [
  ['authority', /x509: certificate signed by unknown authority/],
  ['time', /x509: certificate has expired or is not yet valid/],
  [
    'name',
    /x509: (?:certificate is (?:valid for|not valid for any names)|cannot validate certificate for|certificate relies on legacy Common Name)/,
  ],
  ['certificate', /x509: |failed to verify certificate/],
  [
    'token',
    /Unauthenticated|authentication failure|authenticate failure|token (?:has|is) expired/i,
  ],
  [
    'unreachable',
    /failed to connect to (?:delta )?upstream|connection error|Error while dialing|dial tcp|i\/o timeout|no such host|name resolver error|closed since \d+s ago: (?:4|14),/,
  ],
];

/** istiod ends each stream after about 30 minutes (keepaliveMaxServerConnectionAge), and older gRPC says so as an error. */
const goodbye = /received prior goaway: code: NO_ERROR/;

/** `undefined` for a line that tells of no failure, or of one that is normal. */
export function failureOf({ at, text: said }: LogLine): Failure | undefined {
  const now = said.replace(/ \(previously .*$/s, '');
  const [because] = goodbye.test(now) ? [] : (reasons.find(([, words]) => words.test(now)) ?? []);
  if (because === undefined) return undefined;
  const seconds = /closed since (\d+)s ago/.exec(now)?.[1];
  const since = at === undefined || !seconds ? undefined : at - Number(seconds) * 1000;
  return { at, text: now, because, since, reason: reasonIn(now) };
}

/** gRPC's, Go's and Envoy's words for it, each before those of the layer below, which tell. */
const wrappers = [
  '"',
  'transport: ',
  'Error while dialing: ',
  'Error while dialing ',
  'authentication handshake failed: ',
  'tls: failed to verify certificate: ',
];
const inner = 'desc = ';

function reasonIn(said: string): string {
  const unwrapped = wrappers.reduce(
    (rest, words) => (rest.startsWith(words) ? rest.slice(words.length) : rest),
    innermost(said.trimEnd()),
  );
  return unwrapped.replace(/\{\w+\}$/, '').replace(/"$/, '');
}

function innermost(said: string): string {
  const at = said.lastIndexOf(inner);
  if (at !== -1) return said.slice(at + inner.length);
  const [, told = said] =
    /(?:closed(?: since \d+s ago)?: \d+,|failed to connect to (?:delta )?upstream \S+:) (.*)$/s.exec(
      said,
    ) ?? [];
  return told;
}
