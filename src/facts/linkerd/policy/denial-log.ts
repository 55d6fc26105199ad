// What a proxy logged about recent denials (linkerd2-proxy linkerd/app/inbound/src/policy/http.rs "Request denied",
// tcp.rs "Connection denied", "Connection terminated due to policy change"; level info, which is the default).
import { words } from '../../../core/argv.ts';
import { kubectl, piped } from '../../../core/command.ts';
import { fact, needs } from '../../../core/fact.ts';
import type { LogsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import { proxyContainer } from '../../../model/linkerd/mesh-pod.ts';
import { refText } from '../../../model/linkerd/policy/refs.ts';
import type { Ref } from '../../../model/linkerd/policy/types.ts';

export type Denial = {
  readonly of: 'request' | 'connection';
  /** The called port; a meshed caller arrives on the proxy's own port, and then the line does not tell it. */
  readonly port: number | undefined;
  readonly server: Ref;
  readonly route: Ref | undefined;
  readonly ip: string | undefined;
  /** The caller's identity; without one the connection was not mutual TLS. */
  readonly id: string | undefined;
  /** The line says that the connection was not TLS, as `tls=None(NoClientHello)`. */
  readonly plaintext: boolean;
  /** Seconds since the proxy started. */
  readonly at: number | undefined;
};
export type Denials = Denial & { readonly times: number };

export const logMinutes = 10;
const pattern = 'Request denied|Connection denied|Connection terminated due to policy change';

export const linkerdDenials = fact({
  name: 'linkerd/denials',
  asks: ({ pod }: { pod: PodRef }) => `what the proxy of ${podText(pod)} logged as denied`,
  byHand: ({ pod }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${proxyContainer} --since=${logMinutes}m
        --tail=3000`,
      words`grep denied`,
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod }, signal) => {
    const question: LogsQuestion = {
      ask: 'logs',
      pod,
      container: proxyContainer,
      sinceSeconds: logMinutes * 60,
      tailLines: 3000,
      match: { name: 'policy', pattern },
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readDenials(reply.value) } : failure(reply, question);
  },
  show: (all) =>
    all.length === 0
      ? [`no denial in the last ${logMinutes} minutes`]
      : all.slice(0, 6).map(denialText),
});

/** Grouped by everything but their time; the latest first. */
export function readDenials(lines: readonly string[]): readonly Denials[] {
  const groups = new Map<string, Denials>();
  for (const line of lines) {
    const one = readDenial(line);
    if (!one) continue;
    const key = JSON.stringify({ ...one, at: undefined });
    groups.set(key, { ...one, times: (groups.get(key)?.times ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

export function readDenial(line: string): Denial | undefined {
  const said = /: (Request|Connection) (?:denied|terminated due to policy change)\b(.*)$/.exec(
    line,
  );
  if (!said) return undefined;
  const fields = said[2] ?? '';
  const client = /\bclient(?:\.ip)?=\[?([0-9a-fA-F.:]+?)\]?(?::\d+)?(?:\s|$)/.exec(fields)?.[1];
  return {
    of: said[1] === 'Request' ? 'request' : 'connection',
    port: portIn(line),
    server: refIn(fields, 'server') ?? { group: '', kind: 'default', name: '' },
    route: refIn(fields, 'route'),
    ip: client,
    plaintext: /\btls=None\b/.test(fields),
    id: /client_id: Some\((.*)/.exec(fields)?.[1]?.match(identity)?.[0],
    at: numberIn(/^\[\s*(\d+\.\d+)s\]/.exec(line)?.[1]),
  };
}

/** A DNS name or a SPIFFE id, however the proxy prints what is around it. */
const identity = /spiffe:\/\/[^"\s)]+|(?<![\w-])[\w-]+(?:\.[\w-]+){2,}/;

function numberIn(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

/** Between proxies everything arrives on 4143, with the port in a header (linkerd2-proxy inbound/src/direct.rs). */
const inboundPort = 4143;

function portIn(line: string): number | undefined {
  const admin = /admin\{listen\.addr=\S*?:(\d+)\}/.exec(line)?.[1];
  const port = numberIn(admin ?? /server\{port=(\d+)\}/.exec(line)?.[1]);
  return port === inboundPort ? undefined : port;
}

/** `route.group= route.kind=default route.name=default` */
function refIn(fields: string, what: string): Ref | undefined {
  const value = (key: string) => new RegExp(`\\b${what}\\.${key}=(\\S*)`).exec(fields)?.[1];
  const [group, kind, name] = [value('group'), value('kind'), value('name')];
  if (kind === undefined || name === undefined) return undefined;
  return { group: group ?? '', kind, name };
}

export function denialText(one: Denials): string {
  const who = one.id ?? `${one.ip ?? 'a caller'} without identity`;
  const where = one.port === undefined ? '' : ` on port ${one.port}`;
  const of = one.times === 1 ? one.of : `${one.of}s`;
  return `${one.times} ${of} from ${who} denied${where}, by ${refText(one.server)}`;
}
