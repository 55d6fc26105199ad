// How many metrics the proxy keeps, and which label multiplies them. Every distinct set of labels is a metric of its own
// until the proxy restarts.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, type Fetched, needsPort } from '../../core/fact.ts';
import type { HttpQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { failure } from '../kube/ask.ts';
import { readHttp } from './debug.ts';

/** More than this is not read: printing it all would cost a proxy memory that it may not have. */
const maxBytes = { ofIstio: 1024 * 1024, all: 256 * 1024 };

export type StatLines = {
  readonly lines: number;
  /** There were more. */
  readonly cut: boolean;
  readonly top: TopLabel | undefined;
  /** Different names: what Envoy extracts no label from stays in the name (extraStatTags). */
  readonly names: number;
  /** The last name that was read. */
  readonly example: string;
};
/** The label with the most values within one metric. */
export type TopLabel = {
  readonly metric: string;
  readonly label: string;
  readonly values: number;
  readonly example: string;
};

export type StatArgs = {
  readonly pod: PodRef;
  readonly port: number;
  /** Envoy's own metrics too: they are many only where someone asked for more than Istio keeps. */
  readonly all: boolean;
};

/** Only counters: each has the labels of its histograms, which have twenty lines for each line of a counter. */
const ofIstio = {
  path:
    '/stats/prometheus?filter=' +
    encodeURIComponent('istio_(requests_total|tcp_connections_opened_total)'),
  query: 'of Istio',
};
const everything = { path: '/stats/prometheus' };

export const statLines = fact({
  name: 'istio/stat-lines',
  asks: ({ pod }: StatArgs) => `the metrics that the proxy of ${podText(pod)} keeps`,
  byHand: ({ pod }) =>
    piped(
      kubectl`exec ${pod.name} -n ${pod.namespace} -c istio-proxy -- pilot-agent request GET
        stats/prometheus`,
      words`grep -vc ^#`,
    ),
  needs: [needsPort('target')],
  timeoutMs: 6000,
  fetch: async (ports, { pod, port, all }, signal): Promise<Fetched<StatLines>> => {
    const question: HttpQuestion = {
      ...{ ask: 'http', pod, port },
      ...(all
        ? { ...everything, maxBytes: maxBytes.all }
        : { ...ofIstio, maxBytes: maxBytes.ofIstio }),
    };
    const reply = readHttp(question, await ports.ask(question, signal), (body) => {
      const read = readStatLines(body);
      // What ends in the middle of a line before the limit was not cut by us: a connection broke.
      if (read?.cut && body.length < (question.maxBytes ?? 0) / 2) return undefined;
      // Envoy always has metrics of its own; those of Istio begin with the first request.
      return all && read?.lines === 0 ? undefined : read;
    });
    if (!reply.ok) return failure(reply, question);
    if (reply.value.is === 'heard') return { ok: true, value: reply.value.value };
    return { ok: false, why: 'unreachable', detail: 'the admin port of Envoy does not answer' };
  },
  show: ({ lines, cut, top, names }) => [
    count(names, 'different name'),
    cut ? `more than ${lines} lines; the rest was not read` : `${lines} lines`,
    ...(top ? [`most values: ${top.label} of ${top.metric} has ${top.values}`] : []),
  ],
});

/** `undefined` for what is not a metrics page. An empty page is one: Istio has counted nothing yet. */
export function readStatLines(body: string): StatLines | undefined {
  const all = body.split('\n');
  const cut = body !== '' && !body.endsWith('\n');
  const whole = cut ? all.slice(0, -1) : all;
  const lines = whole.filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.some((line) => !/^[a-zA-Z_:][\w:]*(\{.*\})? \S+$/.test(line))) return undefined;
  if (lines.length === 0 && body.trim() !== '' && !body.startsWith('#')) return undefined;
  const names = new Set(lines.map(nameOf));
  const example = [...names].at(-1) ?? '';
  return { lines: lines.length, cut, top: topLabel(lines), names: names.size, example };
}

function nameOf(line: string): string {
  return line.slice(0, line.search(/[{ ]/));
}

function topLabel(lines: readonly string[]): TopLabel | undefined {
  const seen = new Map<string, Set<string>>();
  for (const line of lines) {
    const metric = nameOf(line);
    // Nobody chooses the label `le`.
    if (metric.endsWith('_bucket')) continue;
    for (const [, label = '', value = ''] of line.matchAll(
      /\b([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g,
    )) {
      const key = `${metric} ${label}`;
      const values = seen.get(key) ?? new Set();
      seen.set(key, values.add(value));
    }
  }
  const [key, values] = [...seen].reduce<readonly [string, ReadonlySet<string>]>(
    (a, b) => (b[1].size > a[1].size ? b : a),
    ['', new Set()],
  );
  const [metric = '', label] = key.split(' ');
  if (label === undefined) return undefined;
  return { metric, label, values: values.size, example: [...values][0] ?? '' };
}
