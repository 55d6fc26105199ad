// One line of a proxy's access log about a refused request: what refused it.
// Formats: istio pilot/pkg/model/telemetry_logging.go (EnvoyTextLogFormat, EnvoyJSONLogFormatIstio). Words: envoy
// source/common/http/codec_helper, extensions/filters/{http,network}/rbac, http/ext_authz, http/jwt_authn.
import { parseJson, record, time } from '../../model/kube/read.ts';

export type Refuser =
  /** `details` is what Envoy wrote: `rbac_access_denied_matched_policy[...]`. */
  | {
      readonly is: 'rbac';
      readonly details: string;
      /** From a ztunnel, which names the policy but not the rule. */
      readonly policy?: { readonly namespace: string; readonly name: string };
    }
  | { readonly is: 'ext-authz'; readonly why: 'denied' | 'error' }
  | { readonly is: 'jwt'; readonly reason: string }
  /** No filter chain accepts the connection: plaintext to a STRICT port. */
  | { readonly is: 'no-chain' }
  /** The application answered 401 or 403 itself. */
  | { readonly is: 'application' }
  /** A fault that a VirtualService injects into an outbound request; `cluster` is where it would have gone. */
  | { readonly is: 'fault'; readonly cluster: string };

/**
 * How the connection came: Istio's clients send a server name of their own with mutual TLS. `undefined`: another TLS, or the
 * format does not say.
 */
export type Transport = 'mtls' | 'plaintext' | undefined;

export type Refusal = {
  readonly at: number | undefined;
  readonly by: Refuser;
  readonly status: number | undefined;
  /** The address of the client, without its port: the peer's, or one that a proxy in between forwarded. */
  readonly ip: string | undefined;
  /** The address of the peer of the connection; `undefined` where the line has only a forwarded one. */
  readonly peer: string | undefined;
  /** X-Forwarded-For. */
  readonly forwardedFor: string | undefined;
  /** The container's port. */
  readonly port: number | undefined;
  /** Without `spiffe://`; only a custom format has it. */
  readonly principal: string | undefined;
  readonly transport: Transport;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly host: string | undefined;
};

type Fields = {
  readonly all: string;
  /** Where the identity of the peer may stand. */
  readonly identities: string;
  readonly at: string | undefined;
  readonly status: string | undefined;
  readonly flags: string | undefined;
  readonly remote: string | undefined;
  readonly direct: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly local: string | undefined;
  readonly sni: string | null | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly host: string | undefined;
  readonly cluster: string | undefined;
};

/** `undefined` for a line without a refusal, or with a refusal by another proxy. */
export function readRefusal(line: string): Refusal | undefined {
  const fields = line.startsWith('{') ? fromJson(line) : fromText(line);
  if (!fields) return undefined;
  const by = refuser(fields);
  if (!by) return undefined;
  const [ip, own] = address(fields.remote);
  const [direct] = address(fields.direct);
  const [, port] = address(fields.local);
  return {
    at: time(fields.at),
    by,
    status: Number(fields.status) || undefined,
    ip,
    // An address out of a header has no port (envoy source/common/http/utility.cc getLastAddressFromXFF).
    peer: direct ?? (own === 0 ? undefined : ip),
    forwardedFor: fields.forwardedFor,
    port,
    principal: peerIn(fields.identities),
    transport: transportOf(fields.sni),
    method: fields.method,
    path: fields.path,
    host: fields.host,
  };
}

/** In X-Forwarded-Client-Cert `By` is the called side, and the last element is the nearest peer. */
function peerIn(text: string): string | undefined {
  const found = text.replace(/\bBy=spiffe:[^;,\s"]+/gi, '').matchAll(/spiffe:\/\/([^\s",;]+)/g);
  return [...found].at(-1)?.[1];
}

/** `outbound_.8080_._.cart.shop.svc.cluster.local` (istio pilot/pkg/model/context.go BuildDNSSrvSubsetKey). */
function transportOf(sni: Fields['sni']): Transport {
  if (sni === null) return 'plaintext';
  return sni?.startsWith('outbound_') ? 'mtls' : undefined;
}

function refuser(fields: Fields): Refuser | undefined {
  const { all, status, flags = '', cluster = '' } = fields;
  const details = /rbac_access_denied_matched_policy\[(?:none|[^"\s]*\])\]?/.exec(all)?.[0];
  if (details !== undefined) return { is: 'rbac', details };
  if (/\bext_authz_error\b/.test(all)) return { is: 'ext-authz', why: 'error' };
  if (/\bext_authz_denied\b/.test(all) || flags.includes('UAEX'))
    return { is: 'ext-authz', why: 'denied' };
  const jwt = /jwt_authn_access_denied\{([^}]*)\}/.exec(all)?.[1];
  if (jwt !== undefined) return { is: 'jwt', reason: jwt.replaceAll('_', ' ') };
  if (/\bfilter_chain_not_found\b/.test(all)) return { is: 'no-chain' };
  // envoy source/extensions/filters/http/fault/fault_filter.cc abortWithStatus
  const refused = status === '403' || status === '401';
  if (/\bfault_filter_abort\b/.test(all) && refused) return { is: 'fault', cluster };
  // In outbound requests, and in requests that a gateway passed on, something else refuses.
  const answered = /\bvia_upstream\b/.test(all) && cluster.startsWith('inbound|');
  return answered && refused ? { is: 'application' } : undefined;
}

/** Istio's own names first; a custom format has names of its own for the same operators. */
const keys = {
  at: ['start_time', 'timestamp', 'time', '@timestamp'],
  status: ['response_code', 'status', 'response_status', 'code'],
  flags: ['response_flags', 'flags'],
  remote: ['downstream_remote_address', 'remote_address'],
  direct: ['downstream_direct_remote_address'],
  forwardedFor: ['x_forwarded_for'],
  local: ['downstream_local_address', 'local_address'],
  method: ['method', 'request_method', 'http_method'],
  path: ['path', 'request_path', 'uri', 'original_path'],
  host: ['authority', 'host', 'request_host'],
  cluster: ['upstream_cluster', 'upstream_cluster_raw'],
} as const;

function fromJson(line: string): Fields | undefined {
  const parsed = parseJson(line);
  const object = record(parsed);
  if (Object.keys(object).length === 0) return undefined;
  const field = (names: readonly string[]): string | undefined => {
    const value = names.map((name) => object[name]).find((v) => v !== undefined && v !== null);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const sni = object['requested_server_name'];
  const texts = Object.entries(object).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  return {
    all: texts.map(([, value]) => value).join(' '),
    identities: texts.flatMap(([key, value]) => (isOwnSide.test(key) ? [] : [value])).join(' '),
    at: field(keys.at),
    status: field(keys.status),
    flags: field(keys.flags),
    remote: field(keys.remote) ?? field(keys.direct),
    direct: field(keys.direct),
    forwardedFor: field(keys.forwardedFor),
    local: field(keys.local),
    sni: typeof sni === 'string' ? sni : sni === null ? null : undefined,
    method: field(keys.method),
    path: field(keys.path),
    host: field(keys.host),
    cluster: field(keys.cluster),
  };
}

/** Fields about the called side, in a format that names both. */
const isOwnSide = /local|upstream|destination|server/i;

const textFormat =
  /^\[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d+) (\S+) (.+?) ("[^"]*") \d+ \d+ \d+ \S+ "([^"]*)" "[^"]*" "[^"]*" "([^"]*)" "[^"]*" (\S+) \S+ (\S+) (\S+) (\S+) \S+\s*$/;

function fromText(line: string): Fields {
  const found = textFormat.exec(line) ?? [];
  const [, at, method, path, status, flags, , , forwardedFor, host, ...rest] = found;
  const [cluster, local, remote, sni] = rest;
  const said = (value: string | undefined) => (value === '-' ? undefined : value);
  return {
    all: line,
    identities: line,
    at,
    status,
    flags,
    remote,
    direct: undefined,
    forwardedFor: said(forwardedFor),
    local,
    sni: sni === '-' ? null : sni,
    method: said(method),
    path: said(path),
    host: said(host),
    cluster,
  };
}

/** `10.244.0.5:48908`, `[fd00::5]:48908` */
function address(text: string | undefined): readonly [string | undefined, number | undefined] {
  const found = /^\[?([0-9a-fA-F.:]+?)\]?:(\d+)$/.exec(text ?? '');
  return [found?.[1], found ? Number(found[2]) : undefined];
}
