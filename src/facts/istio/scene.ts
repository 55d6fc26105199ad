// Gathers the config that may steer one pod's traffic, and evaluates it with src/model/istio/effect.
import { bounded } from '../../core/deadline.ts';
import { fact, needs, needsTool, type Fetched, type Missed } from '../../core/fact.ts';
import { happened } from '../../core/moment.ts';
import type { KubeObject } from '../../core/object.ts';
import type { Ports } from '../../core/ports.ts';
import type { ListQuestion, ToolQuestion } from '../../core/question.ts';
import { podText, type PodRef, type Resource } from '../../core/refs.ts';
import { count } from '../../core/text.ts';
import { missedPart } from '../kube/ask.ts';
import { services } from '../kube/kinds.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { readAnalysis, relate, type Message } from './analysis.ts';
import type { Gateway } from '../../model/istio/effect/gateway.ts';
import { evaluateCalled } from '../../model/istio/effect/called.ts';
import type { Intercepted } from '../../model/istio/interception.ts';
import type { Evaluation, KnownIn, Scene } from '../../model/istio/effect/scene.ts';
import { servedBy } from '../../model/istio/effect/served.ts';
import { gatewaysWithoutPods } from './gateway-pods.ts';
import { gatewayScope } from './gateway-scope.ts';
import { readCalls } from './effect/calls.ts';
import { readMeshPart } from './effect/mesh.ts';
import { addWanted } from './effect/wanted.ts';
import { namespacesNamed } from './namespaces-named.ts';
import { destinationRules, gateways, serviceEntries, sidecars, virtualServices } from './kinds.ts';
import { ifServed } from '../mesh/served.ts';
import { istioctl } from '../../meshes/istio/commands.ts';

export type EffectArgs = {
  readonly pod: PodRef;
  readonly labels: Labels;
  readonly root: string;
  readonly clusterDomain: string;
  readonly revision: string | undefined;
  /** A gateway pod serves what is bound to its Gateways. */
  readonly gateway: boolean;
  /** What the pod's connections bypass. */
  readonly self: Intercepted | undefined;
};

export type Effect = {
  readonly evaluation: Evaluation;
  /** Services of other namespaces that have routing config, and that the pod calls. */
  readonly calls: readonly string[];
  /** A second opinion. `evaluation` covers all of it, so without it nothing is missed. */
  readonly analysis:
    | { readonly is: 'ran'; readonly concerning: readonly Message[]; readonly unrelated: number }
    | { readonly is: 'not-run'; readonly because: string };
};

const lists: readonly (readonly [keyof Scene, Resource])[] = [
  ['virtualServices', virtualServices],
  ['destinationRules', destinationRules],
  ['serviceEntries', serviceEntries],
  ['sidecars', sidecars],
  ['gateways', gateways],
];

export const effect = fact({
  name: 'istio/effect',
  asks: ({ pod }: EffectArgs) => `the routing config for ${podText(pod)}`,
  byHand: ({ pod }) => istioctl`analyze -n ${pod.namespace}`,
  needs: [
    ...lists.map(([, r]) => needs(['list'], `${r.plural}.${r.group}`, 'all')),
    needs(['list'], 'services', 'all'),
    needs(['list'], 'pods', 'mesh-root', { optional: 'to tell whose Gateways a gateway serves' }),
    needs(['list'], 'pods', 'all', {
      optional: 'to tell whether a Gateway or a subset selects any pod',
    }),
    needs(['list'], 'workloadentries.networking.istio.io', 'all', {
      optional: 'to tell whether a subset selects any workload',
    }),
    needs(['get', 'create'], 'pods/portforward', 'target', {
      optional: 'to tell which Services of other namespaces the pod calls',
    }),
    needs(['get'], 'configmaps', 'mesh-root'),
    needs(['list'], 'namespaces', 'all', {
      optional: 'to tell which namespaces discoverySelectors select',
    }),
    needsTool('istioctl'),
  ],
  timeoutMs: 12_000,
  fetch: async (ports, args, signal): Promise<Fetched<Effect>> => {
    const config = await readConfig(ports, args, signal);
    const analysed = hasConfig(config.scene)
      ? await analyse(ports, args, signal)
      : 'there is no routing config in this namespace to analyse';
    const { evaluation, missed } = await judge(ports, config.scene, signal);
    const analysis =
      typeof analysed === 'string'
        ? { is: 'not-run' as const, because: analysed }
        : { is: 'ran' as const, ...relate(analysed, evaluation.concerned) };
    const without = [analysisOf(args)];
    const all = [...config.missed, ...missed];
    return {
      ok: true,
      missed: all,
      without,
      value: { evaluation, analysis, calls: config.scene.calls ?? [] },
    };
  },
  show: ({ evaluation, analysis, calls }) => [
    ...evaluation.gateways.map(gatewayLine),
    ...calls.map((host) => `Envoy has sent requests to ${host}`),
    `resources that affect this pod: ${evaluation.concerns}`,
    ...evaluation.problems.map((p) => p.says),
    analysis.is === 'ran'
      ? `istioctl analyze: ${count(analysis.concerning.length, 'message')} about these, ${analysis.unrelated} about others in the namespace`
      : `istioctl analyze was not run: ${analysis.because}`,
  ],
  moments: ({ evaluation }) =>
    evaluation.problems.flatMap(({ resource: { kind, namespace, name }, changed }) => {
      if (changed === undefined) return [];
      const after = changed.generation > 1 ? ` (generation ${changed.generation})` : '';
      const object = `${kind} ${namespace}/${name}`;
      return changed.by === undefined
        ? happened('change', changed.at, `${object} was created`)
        : happened('change', changed.at, `${changed.by} last changed ${object}${after}`);
    }),
});

function gatewayLine({ id, servers }: Gateway): string {
  const ports = servers.map(
    ({ port, protocol, hosts, credentials }) =>
      `${port}/${protocol}${secretsText(credentials)} ${hosts.map(({ namespace, host }) => (namespace === '*' ? host : `${namespace}/${host}`)).join(', ')}`,
  );
  return `Gateway ${id} selects this pod: ${ports.join('; ')}`;
}

function secretsText(names: readonly string[]): string {
  return names.length === 0 ? '' : `, Secret ${names.join(' and ')},`;
}

/** A second look where the first one wants to know more. */
async function judge(
  ports: Ports,
  scene: Scene,
  signal: AbortSignal,
): Promise<{ readonly evaluation: Evaluation; readonly missed: readonly Missed[] }> {
  const evaluation = evaluateCalled(scene);
  const { wants } = evaluation;
  if (wants.services.length + wants.workloads.length === 0) return { evaluation, missed: [] };
  const more = await addWanted(ports, scene, wants, signal);
  return { evaluation: evaluateCalled(more.scene), missed: more.missed };
}

/** Without config in the pod's namespace `analyze -n` has nothing to report, but reads the whole cluster. */
function hasConfig(scene: Scene): boolean {
  const all = [
    ...scene.virtualServices,
    ...scene.destinationRules,
    ...scene.serviceEntries,
    ...scene.sidecars,
    ...scene.gateways,
  ];
  return all.some((object) => object.metadata.namespace === scene.pod.namespace);
}

type Config = { readonly scene: Scene; readonly missed: readonly Missed[] };

async function readConfig(ports: Ports, args: EffectArgs, signal: AbortSignal): Promise<Config> {
  // The Services of the pod's own namespace count, whatever the config names.
  void ports.early?.(servicesIn(args.pod.namespace), signal);
  const scope = args.gateway ? await gatewayScope(ports, args.root, signal) : undefined;
  const [mesh, ...replies] = await Promise.all([
    readMeshPart(ports, args, signal),
    ...lists.map(async ([key, resource]) => ({
      key,
      ...(await listSomewhere(ports, resource, args, signal)),
    })),
  ]);
  const config = Object.fromEntries(replies.map((r) => [r.key, r.items])) as Pick<
    Scene,
    'virtualServices' | 'destinationRules' | 'serviceEntries' | 'sidecars' | 'gateways'
  >;
  const bare: Scene = {
    ...config,
    ...mesh.scene,
    self: args.self,
    pod: { ...args.pod, labels: args.labels },
    rootNamespace: args.root,
    clusterDomain: args.clusterDomain,
    services: [],
    servicesKnownIn: [],
    configKnownIn: replies.map((r) => r.knownIn).reduce(inBoth),
    revision: args.revision,
    ...(scope && { router: { scope, withoutPods: [] } }),
  };
  const calls = await readCalls(ports, args.pod, bare, signal);
  const wanted = namespacesNamed(bare, new Set([...servedBy(bare), ...calls.config]));
  const [found, empty] = await Promise.all([
    listServices(ports, wanted, signal),
    gatewaysWithoutPods(ports, bare, signal),
  ]);
  return {
    missed: [...mesh.missed, ...replies.flatMap((r) => r.missed), ...calls.missed, ...found.missed],
    scene: {
      ...bare,
      calls: calls.hosts,
      services: found.items,
      servicesKnownIn: found.known,
      ...(bare.router && { router: { ...bare.router, withoutPods: empty } }),
    },
  };
}

type Found = {
  readonly items: readonly KubeObject[];
  readonly knownIn: KnownIn;
  readonly missed: readonly Missed[];
};

/** In all namespaces if allowed, as any may export a resource to this one; else here and in the root namespace. */
async function listSomewhere(
  ports: Ports,
  resource: Resource,
  args: EffectArgs,
  signal: AbortSignal,
): Promise<Found> {
  const all: ListQuestion = { ask: 'list', resource };
  const reply = await ifServed(ports, all, await ports.ask(all, signal), signal);
  if (reply.ok) return { items: reply.value.items, knownIn: 'all', missed: [] };
  if (reply.why === 'absent') return { items: [], knownIn: 'all', missed: [] };
  const asked = `${resource.plural} of all namespaces`;
  if (reply.why !== 'forbidden')
    return { items: [], knownIn: [], missed: [missedPart(asked, reply, all)] };
  const namespaces = [...new Set([args.pod.namespace, args.root])];
  const near = await Promise.all(
    namespaces.map((namespace) => ports.ask({ ...all, namespace }, signal)),
  );
  return {
    items: near.flatMap((r) => (r.ok ? [...r.value.items] : [])),
    knownIn: namespaces.filter((_, i) => near[i]?.ok),
    missed: [missedPart(asked, reply, all)],
  };
}

/** Nothing is reported missing from a namespace if one kind could not be listed in it. */
function inBoth(a: KnownIn, b: KnownIn): KnownIn {
  if (a === 'all') return b;
  return b === 'all' ? a : a.filter((namespace) => b.includes(namespace));
}

function servicesIn(namespace: string): ListQuestion {
  return { ask: 'list', resource: services, namespace };
}

const mostNamespaces = 12;

async function listServices(
  ports: Ports,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<{ items: readonly KubeObject[]; known: readonly string[]; missed: readonly Missed[] }> {
  const asked = wanted.slice(0, mostNamespaces);
  const questions = asked.map(servicesIn);
  const replies = await Promise.all(questions.map((question) => ports.ask(question, signal)));
  const known = asked.filter((_, i) => replies[i]?.ok);
  const missed = questions.flatMap((question, i): Missed[] => {
    const reply = replies[i];
    return !reply || reply.ok ? [] : [missedPart(`services in ${asked[i] ?? ''}`, reply, question)];
  });
  return { items: replies.flatMap((r) => (r.ok ? [...r.value.items] : [])), known, missed };
}

function analysisOf({ pod, root }: EffectArgs): ToolQuestion {
  const args = ['analyze', '-n', pod.namespace, '-i', root, '-o', 'json'];
  return { ask: 'tool', tool: 'istioctl', args };
}

/** With `-o json`, `analyze` exits 0 whatever it finds (istio issue 35054); only its output counts. */
async function analyse(
  ports: Ports,
  args: EffectArgs,
  signal: AbortSignal,
): Promise<readonly Message[] | string> {
  const question = analysisOf(args);
  const reply = await bounded(8000, signal, (own) => ports.ask(question, own));
  if (!reply.ok) return reply.detail;
  const messages = reply.value.exitCode === 0 ? readAnalysis(reply.value.stdout) : undefined;
  if (messages) return messages;
  // analyze lists Secrets for its multi-cluster checks; users of meshdoc do not need that permission.
  if (/secrets.*forbidden|forbidden.*secrets/.test(reply.value.stderr)) {
    return 'it lists Secrets, and this user may not';
  }
  return `it exited with code ${reply.value.exitCode} and printed no messages`;
}
