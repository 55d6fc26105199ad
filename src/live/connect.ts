// The live side of every question: one connection to one cluster.
import { answered, type Clock, type Reply } from '../core/ports.ts';
import type { AnswerTo, Question } from '../core/question.ts';
import { Raw, type RawAsk } from '../guard/raw.ts';
import { bounded, noLimit } from '../core/deadline.ts';
import { weigh } from './budget.ts';
import { cutShort } from './deadline.ts';
import { execIn } from './exec.ts';
import { failure } from './failure.ts';
import { makeReady, type Wire } from './http.ts';
import { identityOf, identityProblem } from './impersonation.ts';
import { findTarget } from './kubeconfig.ts';
import { readLogs } from './logs.ts';
import { getObject, listObjects } from './objects.ts';
import type { LiveOptions } from './options.ts';
import { askIdentity, askPort } from './port-forward.ts';
import { prometheusOf, type AskPrometheus } from './prometheus.ts';
import { peerCertificates } from './peer.ts';
import { canI, rulesIn, whoami } from './reviews.ts';
import { serverVersion } from './server.ts';
import { credentialsOf, endpointOf, toolsOf, wireOf } from './setup.ts';
import { preload } from './websocket.ts';
import type { RunTool } from './tools.ts';

export type { LiveOptions } from './options.ts';
import type { Target } from './target.ts';

export type Connection = {
  /** Answers every kind of question. Failures are values; nothing is thrown. */
  readonly ask: RawAsk;
  readonly clock: Clock;
  readonly context: string;
  readonly namespace: string;
  /** The server's URL without user information. */
  readonly server: string;
  /** The kubeconfig files this came from, as text. */
  readonly kubeconfigSource: string;
  /** Opens connections before they are asked for. Still sends nothing. */
  ready(): void;
  /** A run begins: what the answers of the one before took counts no more. */
  begin(): void;
  /** Ends everything under way and closes every socket, so that the process can exit at once. */
  close(): void;
};

export type ConnectFailure = {
  readonly why: 'usage' | 'unreachable' | 'unauthenticated';
  /** One line for a person, with what to type. */
  readonly says: string;
};
/** What answers beside the API server. */
type Programs = { readonly tools: RunTool; readonly prometheus: AskPrometheus };
export type Connected =
  | { readonly ok: true; readonly value: Connection }
  | { readonly ok: false; readonly failure: ConnectFailure };

/** What a run has under way at first. */
const READY = 8;

/** Chooses the cluster and makes ready to ask. Sends nothing. */
export async function connect(o: LiveOptions): Promise<Connected> {
  const target = findTarget(o);
  if (!target.ok) return refuse(target.why ?? 'usage', target.says);
  const identity = identityOf(target.value.user, o);
  const problem = identityProblem(identity);
  if (problem) return refuse('usage', problem);
  const closing = new AbortController();
  const endpoint = await endpointOf(o, target.value, closing.signal);
  if (!endpoint.ok) return refuse('usage', endpoint.says);
  const credentials = credentialsOf(o, target.value, closing.signal);
  if (!credentials.ok) return refuse('unauthenticated', credentials.says);
  const wire = wireOf(o, endpoint.value, credentials.value, identity);
  const prometheus = await prometheusOf(o, wire.budget, closing.signal);
  if (!prometheus.ok) return refuse('usage', prometheus.says);
  const programs = { tools: toolsOf(o, target.value), prometheus: prometheus.value };
  return { ok: true, value: connection(target.value, wire, programs, closing) };
}

function connection(
  target: Target,
  wire: Wire,
  programs: Programs,
  closing: AbortController,
): Connection {
  const { server } = wire.endpoint;
  return {
    ask: async (question, signal) => {
      const reply = await settle(wire, programs, question, [signal, closing.signal]);
      // `settle` answers each question with its own kind of answer; TypeScript cannot follow Q through the switch.
      return (reply.ok ? answered(new Raw(reply.value)) : reply) as Reply<
        Raw<AnswerTo<typeof question>>
      >;
    },
    clock: wire.clock,
    context: target.context,
    namespace: target.namespace,
    server: `${server.protocol}//${server.host}${wire.endpoint.basePath}`,
    kubeconfigSource: target.source,
    ready() {
      makeReady(wire, READY);
      preload();
    },
    begin() {
      wire.budget.renew();
    },
    close() {
      closing.abort(new Error('the connection was closed'));
      wire.endpoint.agent.destroy();
    },
  };
}

async function settle(
  wire: Wire,
  programs: Programs,
  q: Question,
  signals: readonly AbortSignal[],
): Promise<Reply<AnswerTo<Question>>> {
  try {
    const reply = await bounded(noLimit, signals, (signal) =>
      signal.aborted ? Promise.resolve(cutShort(signal)) : answer(wire, programs, q, signal),
    );
    // The items of a list were counted page by page.
    if (!reply.ok || q.ask === 'list') return reply;
    return wire.budget.hold(weigh(reply.value)) ?? reply;
  } catch (error) {
    return failure('bug', `asking failed: ${error instanceof Error ? error.name : 'unknown'}`);
  }
}

function answer(
  wire: Wire,
  programs: Programs,
  q: Question,
  signal: AbortSignal,
): Promise<Reply<AnswerTo<Question>>> {
  switch (q.ask) {
    case 'get':
      return getObject(wire, q, signal);
    case 'list':
      return listObjects(wire, q, signal);
    case 'logs':
      return readLogs(wire, q, signal);
    case 'http':
      return askPort(wire, q, signal);
    case 'exec':
      return execIn(wire, q, signal);
    case 'tool':
      return programs.tools(q, signal);
    case 'tls':
      return askIdentity(wire, q, signal);
    case 'prometheus':
      return programs.prometheus(q, signal);
    case 'server':
      return serverVersion(wire, q, signal);
    case 'whoami':
      return whoami(wire, q, signal);
    case 'rules':
      return rulesIn(wire, q, signal);
    case 'can-i':
      return canI(wire, q, signal);
    case 'peer':
      return peerCertificates(wire, signal);
  }
}

function refuse(why: ConnectFailure['why'], says: string): Connected {
  return { ok: false, failure: { why, says } };
}
