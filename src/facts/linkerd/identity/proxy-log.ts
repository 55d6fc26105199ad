// What a proxy logs about its certificate (linkerd2-proxy linkerd/app/src/lib.rs await_identity,
// linkerd/proxy/identity-client/src/certify.rs; the words for certificates are those of rustls, error.rs).
import { words } from '../../../core/argv.ts';
import { kubectl, piped } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { LogsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';

/** Why a proxy has no certificate, or no new one. */
export type Complaint = {
  readonly because:
    /** Nobody answers at the identity service. */
    | 'unreachable'
    /** The certificate it got, or the one the service presents, is not signed by any of its anchors. */
    | 'unknown-issuer'
    | 'expired'
    /** By its own clock the certificate is not valid yet. */
    | 'not-yet'
    /** The service answers, and signs nothing. */
    | 'refused'
    | 'other';
  readonly line: string;
  /** The proxy's clock and the limit it was compared with, in ms, if the line tells. */
  readonly clock: number | undefined;
  readonly bound: number | undefined;
};
export type IdentityTrouble = {
  /** The last failure, unless a success followed it. */
  readonly failure: Complaint | undefined;
  /** It still waits for its first certificate. */
  readonly waiting: string | undefined;
};

const match =
  'Failed to obtain identity|Waiting for identity to be initialized|Certified identity|invalid peer certificate';

export type LogArgs = { readonly pod: PodRef };

export const identityTrouble = fact({
  name: 'linkerd/identity-trouble',
  asks: ({ pod }: LogArgs) => `what the proxy in ${podText(pod)} logs about its certificate`,
  byHand: ({ pod }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c linkerd-proxy --tail=2000`,
      words`grep -E identity|certificate`,
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod }, signal): Promise<Fetched<IdentityTrouble>> => {
    const filter = { name: 'identity', pattern: match };
    const question: LogsQuestion = {
      ...{ ask: 'logs', pod, container: 'linkerd-proxy', tailLines: 2000, match: filter },
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readTrouble(reply.value) } : failure(reply, question);
  },
  show: ({ failure: last, waiting }) => {
    const lines = [last?.line, waiting].filter((line) => line !== undefined);
    return lines.length === 0 ? ['no problem with it'] : lines;
  },
});

/** What came before a success no longer counts. */
export function readTrouble(lines: readonly string[]): IdentityTrouble {
  const certified = lines.findLastIndex((line) => line.includes('Certified identity'));
  const since = lines.slice(certified + 1);
  const failed = since.findLast((line) => line.includes('Failed to obtain identity'));
  const peer = since.findLast(
    (line) => isAboutIdentity(line) && line.includes('invalid peer certificate'),
  );
  // The proxy rejects what identity presents; it then pauses, and that adds nothing.
  const line =
    failed === undefined || (peer !== undefined && failed.includes('fail-fast'))
      ? (peer ?? failed)
      : failed;
  return {
    failure: line === undefined ? undefined : complaintOf(line),
    waiting: since.findLast((one) => one.includes('Waiting for identity')),
  };
}

/** Other peers present certificates too; they do not matter for this proxy's own certificate. */
const isAboutIdentity = (line: string): boolean => / identity:(?:identity|controller)\{/.test(line);

const WORDS: readonly (readonly [RegExp, Complaint['because']])[] = [
  // Two roots of one name, as every guide makes them, differ in their signature only.
  [/UnknownIssuer|BadSignature/, 'unknown-issuer'],
  [/NotValidYet|certificate not valid yet/, 'not-yet'],
  [/Expired\b|certificate (?:already )?expired/, 'expired'],
  [
    /connect|refused|unreachable|timed? ?out|fail-?fast|Unavailable|no addresses|dns|resolve|reset/i,
    'unreachable',
  ],
  [/status: |code: |grpc-status/, 'refused'],
];

function complaintOf(line: string): Complaint {
  const because = WORDS.find(([pattern]) => pattern.test(line))?.[1] ?? 'other';
  const [, clock, bound] =
    /verification time (\d+) \(UNIX\), but certificate is not valid (?:before|after) (\d+)/.exec(
      line,
    ) ?? [];
  const ms = (seconds: string | undefined) =>
    seconds === undefined ? undefined : Number(seconds) * 1000;
  return { because, line, clock: ms(clock), bound: ms(bound) };
}
