// What `oom` can say. A person reads these at 3 a.m.: which container, how, why, and what to paste.
import {
  cause,
  contributor,
  inspect,
  istioctl,
  kubectl,
  meshdoc,
  type Fix,
} from '../../../src/authoring.ts';
import { fewerStats, narrowScope, raiseLimits } from './fixes.ts';

/** A new pod has a new name, so its workload is what is diagnosed next. */
const verify = (a: Readonly<Record<'target' | 'namespace', string>>) =>
  meshdoc`diagnose oom ${a.target} -n ${a.namespace}`;

const slots = [
  'target',
  'namespace',
  'name',
  'way',
  'patch',
  'undo',
  'limits',
  'requests',
  'gateway',
  'because',
  'owned',
  'scope',
  'scopeName',
  'uptime',
  'brief',
  'services',
  'stats',
] as const;

type Slots = Readonly<Record<(typeof slots)[number], string>>;

/** More memory, less config, fewer metrics: whichever of them would help. */
function remedies(a: Slots): readonly Fix[] {
  const again = verify(a);
  return [raiseLimits(a, again), ...narrowScope(a), ...fewerStats(a, again)];
}

const ofProxy = {
  'proxy-oom-killed': cause('The proxy of {pod} is killed for memory {at}: {end}.', {
    means:
      'The kernel ends a container that needs more memory than it may have. {effect} {why} {now}',
    reach: '{times}',
    since: '{since}',
    avoid: '{avoid}',
    with: slots,
    fixes: remedies,
  }),
  'envoy-killed': cause(
    'Envoy in {pod} is killed for memory {at} while its agent lives on: the container ends with {end}.',
    {
      means:
        'The kernel killed one process of the container (cgroup v1, or kubelet singleProcessOOMKill), so its status may look like an ordinary end. {line} {effect} {why} {now}',
      reach: '{times}',
      since: '{since}',
      avoid: '{avoid}',
      with: slots,
      fixes: remedies,
    },
  ),
  'proxy-killed': cause('The proxy of {pod} is killed with SIGKILL {at}: {end}.', {
    means:
      'Its status gives no reason, and no event tells of a probe, an eviction or a shortage on the node. {effect} {why} {now}',
    reach: '{times}',
    since: '{since}',
    avoid: '{avoid}',
    with: slots,
    fixes: remedies,
  }),
  'near-limit': contributor('The proxy of {pod} uses {used} of its {limit}.', {
    means: 'One large push may end it: Envoy holds the old and the new config at once. {why}',
    avoid: '{avoid}',
    with: slots,
    fixes: remedies,
  }),
};

/** Why: advice with figures; the fixes stand with the finding they explain. */
const why = {
  'limit-partly-set': contributor('{reason}.', {
    means: 'The injector takes either the four annotations or the four defaults, never a mixture.',
  }),
  'limit-from-range': contributor('{reason}.', {
    means: 'A LimitRange is made for applications; every proxy of the namespace gets the same.',
    with: ['namespace'],
    fixes: (a) => [
      inspect('Read the LimitRange', kubectl`get limitranges -n ${a.namespace} -o yaml`),
    ],
  }),
  'limit-low': contributor('{reason}.', {
    means: 'A proxy of a small mesh takes about 110Mi before its first request.',
  }),
  'too-much-config': contributor('{reason}.', {
    means: 'Memory grows with what the mesh holds, not with what the pod calls. {calls}',
    with: ['namespace', 'name'],
    fixes: (a) => [
      inspect('See what it is sent', istioctl`proxy-config cluster ${a.name} -n ${a.namespace}`),
    ],
  }),
  'too-many-stats': contributor('{reason}.', {
    means: 'Each distinct set of labels is kept for as long as the proxy lives.',
  }),
  'threads-of-node': contributor('{reason}.', {
    means: 'The larger the node, the more memory the same proxy takes.',
  }),
  'many-connections': contributor('{reason}.', {
    means: 'Each connection holds buffers of up to 1 MiB a direction while its peer is slow.',
  }),
  'known-leak': contributor('{reason}.', {
    means: 'More memory only delays the end; a later release ends the growth.',
  }),
};

const toSee = (a: Readonly<Record<'namespace' | 'name' | 'container', string>>) =>
  inspect(
    'Read how it ended',
    kubectl`logs ${a.name} -n ${a.namespace} -c ${a.container} --previous --tail=50`,
  );

const ofOthers = {
  // Linkerd sets no limit by itself: linkerd2 charts/linkerd-control-plane/values.yaml proxy.resources.memory.limit.
  'linkerd-proxy-killed': cause(
    'The linkerd-proxy of {pod} is killed for memory, not the application: {end}.',
    {
      means:
        'Its limit is {limit}. Linkerd sets none by itself: an annotation, the values of its install or a LimitRange did.',
      reach: '{times}',
      since: '{since}',
      with: ['namespace', 'name', 'container', 'target', 'raised'],
      fixes: (a) => [toSee(a), ...raiseLinkerdProxy(a)],
    },
  ),
  'app-oom-killed': cause(
    'The application container {container} of {pod} is killed for memory, not the proxy: {end}.',
    {
      means: 'Its own limit is {limit}. {uses} {proxy}',
      reach: '{times}',
      since: '{since}',
      avoid: '{avoid}',
      with: ['namespace', 'name', 'target', 'raised'],
      fixes: (a) => [toSee(a), ...raiseApplication(a)],
    },
  ),
  'app-killed': cause(
    'The application container {container} of {pod} is killed with SIGKILL, not the proxy: {end}.',
    {
      means: 'No event tells of a probe or an eviction. Its own limit is {limit}. {uses} {proxy}',
      reach: '{times}',
      since: '{since}',
      with: ['namespace', 'name'],
      fixes: (a) => [toSee(a)],
    },
  ),
  'init-oom-killed': cause('The init container {container} of {pod} is killed for memory: {end}.', {
    means:
      'The pod does not start: no container behind it runs, the proxy neither. Its own limit is {limit}.',
    reach: '{times}',
    since: '{since}',
    with: ['namespace', 'name'],
    fixes: (a) => [toSee(a)],
  }),
  'killed-by-probe': cause(
    'The container {container} of {pod} is killed by its {probe} probe, not for memory: {end}.',
    {
      means: 'The kubelet says: {line}. Memory is not the reason, unless it answers slowly for it.',
      reach: '{times}',
      since: '{since}',
      avoid: 'Do not raise memory for this: the kubelet killed it, not the kernel.',
      with: ['namespace', 'name'],
      fixes: (a) => [
        inspect('See the probe and what it got', kubectl`describe pod ${a.name} -n ${a.namespace}`),
        toSee(a),
      ],
    },
  ),
};

const ofNode = {
  evicted: cause('{pod} was evicted: its node was low on {resource}.', {
    means:
      '{over} The kubelet ended the whole pod, no limit did. It evicts first what uses more than it requests.',
    with: ['node', ...slots],
    fixes: (a) => [
      inspect('See what the node lacks', kubectl`describe node ${a.node}`),
      ...(a.way === '' ? [] : [raiseLimits(a, verify(a))]),
    ],
    avoid: 'Do not raise limits alone: it is the request that an eviction goes by.',
  }),
  'node-oom': cause(
    'The kernel of node {node} ran out of memory and killed {container} of {pod}: {end}.',
    {
      means:
        'No limit of this pod was reached: the node gave its pods more than it has. {line}. It kills first what uses most beyond its request.',
      since: '{since}',
      fixes: (a) => [inspect('See what the node gave away', kubectl`describe node ${a.node}`)],
    },
  ),
};

/** Twice the limit it died at, for a workload whose template can be changed. */
function raiseApplication(
  a: Readonly<Record<'target' | 'namespace' | 'container' | 'raised', string>>,
): readonly Fix[] {
  if (a.raised === '') return [];
  return [
    {
      does: `Raise the memory limit of ${a.container} in ${a.target}`,
      run: kubectl`set resources ${a.target} -n ${a.namespace} -c ${a.container}
        --limits=memory=${a.raised}`,
      risk: 'restarts-pods',
      touches: `every pod of ${a.target} in ${a.namespace}, one after another`,
      undo: { run: kubectl`rollout undo ${a.target} -n ${a.namespace}` },
      verify: verify(a),
      note: 'Twice the limit it died at. If it grows without end, this only delays it: that is for the application to mend.',
    },
  ];
}

/** By the annotation that the injector reads (linkerd2 pkg/k8s/labels.go ProxyMemoryLimitAnnotation). */
function raiseLinkerdProxy(
  a: Readonly<Record<'target' | 'namespace' | 'raised', string>>,
): readonly Fix[] {
  if (a.raised === '') return [];
  const annotations = { 'config.linkerd.io/proxy-memory-limit': a.raised };
  const patch = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
  return [
    {
      does: `Raise the memory limit of the linkerd-proxy in ${a.target}`,
      run: kubectl`patch ${a.target} -n ${a.namespace} --type=merge -p ${patch}`,
      risk: 'restarts-pods',
      touches: `every pod of ${a.target} in ${a.namespace}, one after another`,
      undo: { run: kubectl`rollout undo ${a.target} -n ${a.namespace}` },
      verify: verify(a),
      note: 'Twice the limit it died at.',
    },
  ];
}

/** Everything `oom` can say, by code. */
export const findings = { ...ofProxy, ...why, ...ofOthers, ...ofNode };
export type Findings = typeof findings;
