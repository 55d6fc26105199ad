// The EnvoyFilters for a pod, compared with the filters its proxy has.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import type { ListQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { missedPart } from '../kube/ask.ts';
import { ifServed } from '../mesh/served.ts';
import { adminNeeds, askEnvoy } from './envoy.ts';
import { envoyFilters as kind } from './kinds.ts';
import { idOf } from '../../model/kube/order.ts';
import { list, parseJson, record, text } from '../../model/kube/read.ts';
import {
  judgeFilters,
  type Chains,
  type FilterVerdict,
  type Proxy,
} from '../../model/istio/effect/envoy-filter.ts';

export type FiltersArgs = {
  readonly pod: PodRef;
  readonly root: string;
  readonly container: string;
  readonly proxy: Pick<Proxy, 'role' | 'labels' | 'version'>;
};
export type Filters = {
  readonly judged: readonly { readonly name: string; readonly verdict: FilterVerdict }[];
};

export const envoyFilters = fact({
  name: 'istio/envoy-filters',
  asks: ({ pod, root }: FiltersArgs) =>
    `the EnvoyFilters of ${pod.namespace} and ${root}, and the filters in the proxy of ${podText(pod)}`,
  byHand: () => kubectl`get envoyfilters.networking.istio.io -A -o yaml`,
  needs: [
    needs(['list'], 'envoyfilters.networking.istio.io', 'target'),
    needs(['list'], 'envoyfilters.networking.istio.io', 'mesh-root'),
    ...adminNeeds,
  ],
  timeoutMs: 12_000,
  fetch: async (ports, args, signal): Promise<Fetched<Filters>> => {
    const { items, missed } = await listFilters(ports, args, signal);
    const blind: Proxy = { ...args.proxy, inbound: undefined, outbound: undefined };
    // Only a filter for this proxy is worth a look at its listeners.
    const matters = judgeFilters(items, blind).some((one) => one.is === 'not-judged' && one.unread);
    const chains = matters ? await readChains(ports, args, signal) : undefined;
    const proxy: Proxy = { ...blind, ...chains?.chains };
    const verdicts = judgeFilters(items, proxy);
    const judged = items.flatMap((one, i) => {
      const verdict = verdicts[i];
      return verdict ? [{ name: idOf(one), verdict }] : [];
    });
    return { ok: true, missed: [...missed, ...(chains?.missed ?? [])], value: { judged } };
  },
  show: ({ judged }) =>
    judged.length === 0 ? ['none'] : judged.map(({ name, verdict }) => `${name}: ${said(verdict)}`),
});

function said(verdict: FilterVerdict): string {
  switch (verdict.is) {
    case 'for-others':
      return 'not for this proxy';
    case 'in-effect':
      return 'in effect';
    case 'not-judged':
      return `not judged: ${verdict.because}`;
    case 'without-effect':
      return verdict.problem.says;
  }
}

// istio/istio pilot/pkg/model/push_context.go EnvoyFilters
async function listFilters(
  ports: Ports,
  { pod, root }: FiltersArgs,
  signal: AbortSignal,
): Promise<{ readonly items: readonly KubeObject[]; readonly missed: readonly Missed[] }> {
  const replies = await Promise.all(
    [...new Set([pod.namespace, root])].map(async (namespace) => {
      const question: ListQuestion = { ask: 'list', resource: kind, namespace };
      const reply = await ports.ask(question, signal);
      return { namespace, question, reply: await ifServed(ports, question, reply, signal) };
    }),
  );
  return {
    items: replies.flatMap(({ reply }) => (reply.ok ? [...reply.value.items] : [])),
    missed: replies.flatMap(({ namespace, question, reply }) =>
      reply.ok || reply.why === 'absent'
        ? []
        : [missedPart(`EnvoyFilters in ${namespace}`, reply, question)],
    ),
  };
}

// Those of all addresses stand for the outbound ones: istiod builds the filters of each alike
// (pilot/pkg/networking/core/listener_builder.go buildHTTPConnectionManager).
const inbound = '^virtualInbound$';
const outbound = {
  sidecar: String.raw`^(virtualOutbound|0\.0\.0\.0_\d+)$`,
  gateway: String.raw`^[0-9a-fA-F.:\[\]]+_\d+$`,
};

type Read = {
  readonly chains: Pick<Proxy, 'inbound' | 'outbound'>;
  readonly missed: readonly Missed[];
};

async function readChains(ports: Ports, args: FiltersArgs, signal: AbortSignal): Promise<Read> {
  const { role } = args.proxy;
  const [into, out] = await Promise.all([
    role === 'sidecar' ? readListeners(ports, args, inbound, signal) : undefined,
    readListeners(ports, args, outbound[role], signal),
  ]);
  const missed = [into, out].flatMap((one) => one?.missed ?? []);
  return { chains: { inbound: into?.chains, outbound: out.chains }, missed };
}

type Listeners = { readonly chains: Chains | undefined; readonly missed: readonly Missed[] };

async function readListeners(
  ports: Ports,
  { pod, container }: FiltersArgs,
  name: string,
  signal: AbortSignal,
): Promise<Listeners> {
  const mask = 'name,active_state.listener,error_state.details';
  const page = {
    query: name === inbound ? 'inbound' : 'outbound',
    path: `/config_dump?resource=dynamic_listeners&mask=${mask}&name_regex=${encodeURIComponent(name)}`,
  };
  const got = await askEnvoy(ports, { pod, container, port: 15_000 }, page, readChainNames, signal);
  if (got.ok) {
    const { value } = got;
    return { chains: value.is === 'heard' ? value.value : undefined, missed: [] };
  }
  const why = got.why === 'absent' ? 'unreadable' : got.why;
  const asked = 'the filters in the proxy';
  return { chains: undefined, missed: [{ asked, why, detail: got.detail, access: got.access }] };
}

/** Nothing where Envoy rejects a listener: it has an older one then. */
export function readChainNames(body: string): Chains | undefined {
  const configs = list(parseJson(body), 'configs');
  if (configs.some((config) => text(config, 'error_state', 'details') !== undefined)) {
    return undefined;
  }
  const listeners = configs.map((config) => record(config, 'active_state', 'listener'));
  const chains = listeners.flatMap((one) => [
    ...list(one, 'filter_chains'),
    record(one, 'default_filter_chain'),
  ]);
  const filters = chains.flatMap((chain) => list(chain, 'filters'));
  const http = filters.flatMap((filter) => list(filter, 'typed_config', 'http_filters'));
  const names = [...filters, ...http].flatMap((filter) => text(filter, 'name') ?? []);
  return names.length === 0 ? undefined : { names: [...new Set(names)] };
}
