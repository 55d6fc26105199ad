// One line of the result: what was measured, and what it may be at most.

export type Unit = 's' | 'ms' | 'MB' | 'kB' | 'x' | 'round trips' | '';
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /** Absent: told, not judged. */
  readonly limit?: number;
};

export const holds = ({ value, limit }: Figure): boolean => limit === undefined || value <= limit;

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, value, unit, limit } = figure;
    const most = limit === undefined ? '' : `at most ${amount(limit, unit)}`;
    const verdict = limit === undefined ? '' : holds(figure) ? 'yes' : '**no**';
    return [what, amount(value, unit), most, verdict];
  });
  return aligned([['what', 'measured', 'limit', 'holds'], ...rows]);
}

const decimals: Readonly<Record<Unit, number>> = {
  s: 2,
  ms: 0,
  MB: 0,
  kB: 0,
  x: 2,
  'round trips': 1,
  '': 0,
};

function amount(value: number, unit: Unit): string {
  const number = value.toFixed(decimals[unit]);
  return unit === '' ? number : unit === 'x' ? `${number} times` : `${number} ${unit}`;
}

/** As prettier would write it. */
export function aligned([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
