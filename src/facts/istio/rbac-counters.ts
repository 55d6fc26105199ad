// Is the proxy denying requests right now? Its counters, read twice, are the only proof when access logs are off.
// Always kept: istio pkg/bootstrap/config.go rbacEnvoyStatsMatcherInclusionSuffix.
import { fact, type Fetched } from '../../core/fact.ts';
import { podText } from '../../core/refs.ts';
import { list, number, parseJson, text } from '../../model/kube/read.ts';
import { adminCommand, adminNeeds, askEnvoy, type EnvoyArgs } from './envoy.ts';

export type Counts = { readonly allowed: number; readonly denied: number };
export type RbacCounters =
  | {
      readonly is: 'counted';
      readonly seconds: number;
      /** Requests between the two samples, per counter prefix: `http.inbound_0.0.0.0_8080;`, `tcp.`. */
      readonly between: Readonly<Record<string, Counts>>;
      readonly denied: number;
      /** Since Envoy started. */
      readonly deniedEver: number;
    }
  | { readonly is: 'silent' | 'closed' };

const page = {
  query: 'rbac',
  path: `/stats?format=json&filter=${encodeURIComponent('rbac\\.(allowed|denied)$')}`,
};
const pauseMs = 2000;

export const rbacCounters = fact({
  name: 'istio/rbac-counters',
  asks: ({ pod }: EnvoyArgs) => `the RBAC counters of the proxy of ${podText(pod)}`,
  byHand: (args) => adminCommand(args, 'stats?filter=rbac'),
  needs: adminNeeds,
  timeoutMs: 14_000,
  fetch: async (ports, args, signal): Promise<Fetched<RbacCounters>> => {
    const first = await askEnvoy(ports, args, page, readCounts, signal);
    if (!first.ok) return first;
    if (first.value.is !== 'heard') return { ok: true, value: { is: first.value.is } };
    await ports.clock.sleep(pauseMs, signal);
    const second = await askEnvoy(ports, args, page, readCounts, signal, 2);
    if (!second.ok) return second;
    if (second.value.is !== 'heard') return { ok: true, value: { is: second.value.is } };
    return { ok: true, value: compare(first.value.value, second.value.value) };
  },
  show: (value) => {
    if (value.is !== 'counted') return ['the admin port did not answer'];
    const lines = Object.entries(value.between).map(
      ([name, { allowed, denied }]) => `${name}rbac: ${denied} denied, ${allowed} allowed`,
    );
    return [
      `in ${value.seconds} s: ${value.denied} denied (${value.deniedEver} since Envoy started)`,
      ...lines,
    ];
  },
});

type Sample = ReadonlyMap<string, Counts>;

export function readCounts(body: string): Sample | undefined {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || !('stats' in parsed)) return undefined;
  const counts = new Map<string, Counts>();
  for (const stat of list(parsed, 'stats')) {
    const [, prefix, kind] = /^(.*?)rbac\.(allowed|denied)$/.exec(text(stat, 'name') ?? '') ?? [];
    if (prefix === undefined || kind === undefined) continue;
    const known = counts.get(prefix) ?? { allowed: 0, denied: 0 };
    counts.set(prefix, { ...known, [kind]: number(stat, 'value') ?? 0 });
  }
  return counts;
}

function compare(first: Sample, second: Sample): RbacCounters {
  const between: Record<string, Counts> = {};
  for (const [name, now] of second) {
    const before = first.get(name) ?? { allowed: 0, denied: 0 };
    const allowed = Math.max(0, now.allowed - before.allowed);
    const denied = Math.max(0, now.denied - before.denied);
    if (allowed + denied > 0) between[name] = { allowed, denied };
  }
  const sum = (counts: Iterable<Counts>) =>
    [...counts].reduce((total, { denied }) => total + denied, 0);
  return {
    is: 'counted',
    seconds: pauseMs / 1000,
    between,
    denied: sum(Object.values(between)),
    deniedEver: sum(second.values()),
  };
}
