// The Prometheus text format, as every /metrics page prints it
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Values and labels; types and help are not needed.

export type Metric = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};
export type MetricsPage = {
  readonly metrics: readonly Metric[];
  /** The end is missing: the page was longer than what was read. */
  readonly cut: boolean;
};

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)(?: +-?\d+)?$/;
const LABEL = /\b([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/**
 * The metrics whose names are wanted. `undefined` for what is no such page; a page without any metric is one.
 */
export function readMetrics(
  body: string,
  wanted: (name: string) => boolean = () => true,
): MetricsPage | undefined {
  const cut = body !== '' && !body.endsWith('\n');
  const lines = body.split('\n').slice(0, -1);
  const metrics: Metric[] = [];
  let known = body === '';
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) {
      known ||= line.startsWith('# ');
      continue;
    }
    const [, name, labels = '', value = ''] = LINE.exec(line) ?? [];
    if (name === undefined) return undefined;
    known = true;
    if (wanted(name)) metrics.push({ name, labels: readLabels(labels), value: readValue(value) });
  }
  return known ? { metrics, cut } : undefined;
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, plain(value)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function plain(value: string): string {
  return value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** `NaN`, `+Inf` and `-Inf` are values too. */
function readValue(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
