// Asking istiod's own debug endpoints, one istiod at a time: each knows only the streams it holds itself.
import type { Ports, Reply } from '../../core/ports.ts';
import type { ExecQuestion, HttpAnswer, HttpQuestion, ProcessAnswer } from '../../core/question.ts';
import { byRoads, readReply, type Road } from '../kube/ask.ts';
import type { Fetched } from '../../core/fact.ts';
import type { Pod } from '../kube/pod.ts';

/** `silent`: istiod took the connection and said nothing. `closed`: nothing listens there. */
export type Heard<T> =
  | { readonly is: 'heard'; readonly value: T }
  | { readonly is: 'silent'; readonly waitedMs: number }
  | { readonly is: 'closed' };

/**
 * A debug page of one istiod. Through a port-forward the request comes from loopback, which istiod trusts
 * with every page (istio pilot/pkg/xds/debug.go allowAuthenticatedOrLocalhost); exec of pilot-discovery is the
 * second road. `read` gives `undefined` for a body that is not this page.
 */
export function askIstiod<T>(
  ports: Ports,
  istiod: Pod,
  path: string,
  read: (body: string) => T | undefined,
  signal: AbortSignal,
  sample?: number,
): Promise<Fetched<Heard<T>>> {
  return byRoads(ports, roads(istiod, path, read, sample), signal);
}

/** What `askIstiod` may ask, by whichever road. */
export function pageQuestions(
  istiod: Pod,
  path: string,
  sample: number | undefined,
): readonly [HttpQuestion, ExecQuestion] {
  const pod = istiod.ref;
  const http: HttpQuestion = { ask: 'http', pod, port: monitoringPort(istiod), path, sample };
  const exec: ExecQuestion = {
    ask: 'exec',
    pod,
    container: 'discovery',
    argv: ['pilot-discovery', 'request', 'GET', path],
    sample,
  };
  return [http, exec];
}

function roads<T>(
  istiod: Pod,
  path: string,
  read: (body: string) => T | undefined,
  sample: number | undefined,
): readonly Road<Heard<T>>[] {
  const pod = istiod.ref;
  const [http, exec] = pageQuestions(istiod, path, sample);
  return [
    {
      name: `port-forward to ${pod.name}`,
      ms: 5000,
      question: http,
      ask: async (ports, signal) => readHttp(http, await ports.ask(http, signal), read),
    },
    {
      name: `exec in ${pod.name}`,
      ms: 5000,
      question: exec,
      ask: async (ports, signal) => readExec(exec, await ports.ask(exec, signal), read),
    },
  ];
}

/** Reads an HTTP answer, keeping silence and a closed port apart from failures to ask. */
export function readHttp<T>(
  question: HttpQuestion,
  reply: Reply<HttpAnswer>,
  read: (body: string) => T | undefined,
): Reply<Heard<T>> {
  return readReply(question, reply, (answer) => {
    if (answer.is !== 'answered') return answer;
    const value = answer.status === 200 ? read(answer.body) : undefined;
    return value === undefined ? undefined : { is: 'heard', value };
  });
}

/** Reads what a program in the container printed, if it ended well. */
export function readExec<T>(
  question: ExecQuestion,
  reply: Reply<ProcessAnswer>,
  read: (body: string) => T | undefined,
): Reply<Heard<T>> {
  return readReply(question, reply, ({ stdout, exitCode }) => {
    const value = exitCode === 0 ? read(stdout) : undefined;
    return value === undefined ? undefined : { is: 'heard', value };
  });
}

/** 15014 unless the pod says otherwise, as istioctl reads it (istioctl/pkg/... FindIstiodMonitoringPort). */
export function monitoringPort(istiod: Pod): number {
  const named = Number(istiod.annotations['prometheus.io/port'] ?? '15014');
  return Number.isInteger(named) && named > 0 && named < 65_536 ? named : 15_014;
}
