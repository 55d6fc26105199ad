// Which resource made istiod send what Envoy rejects. Envoy's reason quotes a name, a type or a line of the bad
// config, and that text is in exactly one place: the resource that a person wrote.
import { inEach, kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched, type Missed } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import type { Resource } from '../../core/refs.ts';
import { listed } from '../../core/text.ts';
import { missedPart } from '../kube/ask.ts';
import { changes } from '../../model/kube/moments.ts';
import { matchesAll, type Labels } from '../../model/kube/labels.ts';
import { labelsAt, list, text } from '../../model/kube/read.ts';
import { lastChange, ownerOf, type Changed } from '../../model/kube/origin.ts';
import {
  authorizationPolicies,
  destinationRules,
  envoyFilters,
  gateways,
  requestAuthentications,
  telemetries,
  virtualServices,
  wasmPlugins,
} from './kinds.ts';
import { ifServed } from '../mesh/served.ts';

export type Culprit = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly changed: Changed | undefined;
  /** What would revert a manual change: "Argo CD app shop". */
  readonly owner: string | undefined;
  /** The words of Envoy's reason that it contains; empty if it is chosen as the only candidate. */
  readonly names: string;
  readonly object: KubeObject;
};

export type Blame = {
  /** One is the culprit; several contain the same words and cannot be told apart. */
  readonly culprits: readonly Culprit[];
  /** How many resources produce this xDS type and apply to this proxy. */
  readonly candidates: number;
  /** False when some of the resources could not be read: the culprit may be among them. */
  readonly complete: boolean;
};

export type BlameArgs = {
  readonly namespace: string;
  readonly root: string;
  readonly labels: Labels;
  readonly type: string;
  readonly error: string;
};

/** The resources that produce each xDS type (istio pilot/pkg/networking/core). */
const feeds: Readonly<Record<string, readonly Resource[]>> = {
  CDS: [envoyFilters, destinationRules],
  LDS: [
    envoyFilters,
    wasmPlugins,
    telemetries,
    authorizationPolicies,
    requestAuthentications,
    gateways,
  ],
  RDS: [envoyFilters, virtualServices],
  ECDS: [envoyFilters, wasmPlugins, telemetries],
};

/** EnvoyFilter `applyTo` values by the type they change (istio api networking/v1alpha3/envoy_filter.proto). */
const applyTo: Readonly<Record<string, RegExp>> = {
  CDS: /^CLUSTER$/,
  LDS: /^(LISTENER|LISTENER_FILTER|FILTER_CHAIN|NETWORK_FILTER|HTTP_FILTER)$/,
  RDS: /^(ROUTE_CONFIGURATION|VIRTUAL_HOST|HTTP_ROUTE)$/,
  ECDS: /^EXTENSION_CONFIG$/,
};

/** With its group: the Gateway API has Gateways too, and Linkerd AuthorizationPolicies. */
function fullName({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}

export const blame = fact({
  name: 'istio/blame',
  asks: ({ type, namespace, root }: BlameArgs) =>
    `resources in ${namespace} and ${root} that produce ${type} for this proxy`,
  byHand: ({ namespace, root, type }) =>
    inEach(
      [namespace, root],
      (one) => kubectl`get ${(feeds[type] ?? [envoyFilters]).map(fullName).join(',')} -n ${one}`,
    ),
  needs: [
    ...[...new Set(Object.values(feeds).flat())].flatMap((r) => [
      needs(['list'], fullName(r), 'target'),
      needs(['list'], fullName(r), 'mesh-root'),
    ]),
  ],
  timeoutMs: 8000,
  fetch: async (ports, args, signal): Promise<Fetched<Blame>> => {
    const { found, missed } = await candidates(ports, args, signal);
    const words = telling(args.error);
    const named = found
      .map((object) => ({ object, names: words.filter((w) => contains(object.spec, w)) }))
      .filter(({ names }) => names.length > 0);
    const most = Math.max(0, ...named.map(({ names }) => names.length));
    const best = named.filter(({ names }) => names.length === most);
    const only = found.length === 1 && found[0] ? [{ object: found[0], names: [] }] : [];
    const chosen = best.length > 0 ? best : only;
    return {
      ok: true,
      missed,
      value: {
        culprits: chosen.map(({ object, names }) => toCulprit(object, names)),
        candidates: found.length,
        complete: missed.length === 0,
      },
    };
  },
  show: ({ culprits, candidates: n }) => [
    `resources that apply to this proxy: ${n}`,
    ...culprits.map(
      (c) =>
        `${c.resource.kind} ${c.namespace}/${c.name}, generation ${c.generation}` +
        (c.changed?.by === undefined
          ? ''
          : `, last changed by ${c.changed.by} at ${c.changed.at}`) +
        (c.names ? `, contains ${c.names}` : ''),
    ),
  ],
  moments: ({ culprits }) => culprits.flatMap(({ object }) => changes(object)),
});

async function candidates(
  ports: Ports,
  args: BlameArgs,
  signal: AbortSignal,
): Promise<{ found: readonly KubeObject[]; missed: readonly Missed[] }> {
  const namespaces = [...new Set([args.namespace, args.root])];
  const kinds = feeds[args.type] ?? [envoyFilters];
  const questions = namespaces.flatMap((namespace) =>
    kinds.map((resource) => ({ ask: 'list', resource, namespace }) as const),
  );
  const replies = await Promise.all(
    questions.map(async (question) =>
      ifServed(ports, question, await ports.ask(question, signal), signal),
    ),
  );
  const missed = questions.flatMap((question, i): Missed[] => {
    const reply = replies[i];
    if (!reply || reply.ok || reply.why === 'absent') return [];
    return [missedPart(`${question.resource.plural} in ${question.namespace}`, reply, question)];
  });
  const found = replies
    .flatMap((reply) => (reply.ok ? [...reply.value.items] : []))
    .filter((object) => reaches(object, args));
  return { found, missed };
}

/** Selects this proxy, and changes this xDS type. */
function reaches(object: KubeObject, args: BlameArgs): boolean {
  const selector = {
    ...labelsAt(object.spec, 'workloadSelector', 'labels'),
    ...labelsAt(object.spec, 'selector', 'matchLabels'),
  };
  if (!matchesAll(selector, args.labels)) return false;
  const wanted = applyTo[args.type];
  if (object.kind !== 'EnvoyFilter' || !wanted) return true;
  return list(object.spec, 'configPatches').some((patch) =>
    wanted.test(text(patch, 'applyTo') ?? ''),
  );
}

function toCulprit(object: KubeObject, names: readonly string[]): Culprit {
  const all = [...new Set(Object.values(feeds).flat())];
  const resource = all.find((r) => r.kind === object.kind) ?? envoyFilters;
  return {
    resource,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    generation: object.metadata.generation ?? 1,
    changed: lastChange(object),
    owner: ownerOf(object),
    names: listed(names.map((name) => `"${name}"`)),
    object,
  };
}

/**
 * The words of a rejection that can identify a resource: what Envoy quotes, type names, and the value after
 * "domain". Names of listeners come from istiod and identify nothing.
 */
export function telling(error: string): readonly string[] {
  const reason = error.replace(/^.*?(listener|cluster)\(s\) \S+: /, '');
  const quoted = [...reason.matchAll(/'([^']{3,})'|"([^"]{3,})"/g)].map((m) => m[1] ?? m[2] ?? '');
  const typed = [...reason.matchAll(/(?<![\w-])-*(\w[\w-]*(?:\.[\w-]+)+)\b/g)].map(
    (m) => m[1] ?? '',
  );
  const domain = [...reason.matchAll(/domain (\S+)/g)].map((m) =>
    (m[1] ?? '').replace(/[,.]$/, ''),
  );
  const words = [...quoted, ...typed, ...domain].map((word) => word.replace(/\.\.\.$/, '').trim());
  return [...new Set(words)].filter((word) => word.length > 3 && !commonplace.test(word));
}

/** Types that nearly every listener has: finding them in a resource proves nothing. */
const commonplace =
  /^(?:type\.googleapis\.com\/?$|envoy\.filters\.network\.http_connection_manager$|virtual(?:In|Out)bound|\d+\.\d+\.\d+\.\d)/;

/** Compared as text with runs of blanks as one: Envoy folds lines, YAML keeps them. */
function contains(spec: unknown, word: string): boolean {
  const flat = (s: string) => s.replace(/\\[nt"]/g, ' ').replace(/\s+/g, ' ');
  return flat(JSON.stringify(spec ?? {})).includes(flat(word));
}
