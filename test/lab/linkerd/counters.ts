type Labels = Readonly<Record<string, string>>;

const counters = new Map<string, number>();

export function count(name: string, labels: Labels): void {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const key = `${name}{${pairs.join(',')}}`;
  counters.set(key, (counters.get(key) ?? 0) + 1);
}

export const countersText = (): string =>
  [...counters].map(([key, value]) => `${key} ${value}\n`).join('');
