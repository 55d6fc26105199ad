// What `oom` can say. A person reads these at 3 a.m.: which container, how, and why.
import { cause, contributor, tells } from '../../../src/authoring.ts';

export const findings = {
  'proxy-oom-killed': cause('The proxy of {pod} is killed for memory {at}: {end}.', {
    means:
      'The kernel ends a container that needs more memory than it may have. {effect} {why} {now}',
  }),
  'envoy-killed': cause(
    'Envoy in {pod} is killed for memory {at} while its agent lives on: the container ends with {end}.',
    {
      means:
        'The kernel killed one process of the container (cgroup v1, or kubelet singleProcessOOMKill), so its status may look like an ordinary end. {line} {effect} {why} {now}',
    },
  ),
  'proxy-killed': cause('The proxy of {pod} is killed with SIGKILL {at}: {end}.', {
    means:
      'Its status gives no reason, and no event tells of a probe, an eviction or a shortage on the node. {effect} {why} {now}',
  }),
  'near-limit': contributor('The proxy of {pod} uses {used} of its {limit}.', {
    means: 'One large push may end it: Envoy holds the old and the new config at once. {why}',
  }),

  // Why: advice with figures; what mends it stands with the finding that it explains.
  'limit-partly-set': contributor(
    "Of the four resource annotations only {set} is set, which drops the mesh's defaults (a memory limit of {limit}) and leaves {unset} unset.",
    {
      means:
        'The injector takes either the four annotations or the four defaults, never a mixture.',
    },
  ),
  'limit-from-range': contributor(
    'The memory limit{of} comes from a LimitRange of namespace {namespace}, for the proxy had none of its own.',
    {
      means: 'A LimitRange is made for applications; every proxy of the namespace gets the same.',
    },
  ),
  'limit-low': contributor('The memory limit of {limit} is low: {by} sets it{than}.', {
    means: 'A proxy of a small mesh takes about 110Mi before its first request.',
  }),
  'too-much-config': contributor(
    'Envoy holds {clusters}, about {taken}{of}, and {by} what it is sent{uses}.',
    { means: 'Memory grows with what the mesh holds, not with what the pod calls. {calls}' },
  ),
  'too-many-stats': contributor(
    'The proxy keeps {lines} metrics: the label {label} of {metric} alone has {values} values.',
    { means: 'Each distinct set of labels is kept for as long as the proxy lives.' },
  ),
  'threads-of-node': contributor(
    'Envoy runs {threads} worker threads{cores}, for the proxy has no CPU limit: each keeps connections, caches and counters of its own.',
    { means: 'The larger the node, the more memory the same proxy takes.' },
  ),
  'many-connections': contributor(
    'Clients hold {connections} open, and {buffered} wait in buffers.',
    { means: 'Each connection holds buffers of up to 1 MiB a direction while its peer is slow.' },
  ),
  'known-leak': contributor(
    'Proxies of version {version} were reported to leak memory ({issue}).',
    {
      means: 'More memory only delays the end; a later release ends the growth.',
    },
  ),

  // Linkerd sets no limit by itself: linkerd2 charts/linkerd-control-plane/values.yaml proxy.resources.memory.limit.
  'linkerd-proxy-killed': cause(
    'The linkerd-proxy of {pod} is killed for memory, not the application: {end}.',
    {
      means:
        'Its limit is {limit}. Linkerd sets none by itself: an annotation, the values of its install or a LimitRange did.',
    },
  ),
  'app-oom-killed': cause(
    'The application container {container} of {pod} is killed for memory, not the proxy: {end}.',
    { means: 'Its own limit is {limit}.  {proxy}' },
  ),
  'app-killed': cause(
    'The application container {container} of {pod} is killed with SIGKILL, not the proxy: {end}.',
    { means: 'No event tells of a probe or an eviction. Its own limit is {limit}.  {proxy}' },
  ),
  'init-oom-killed': cause('The init container {container} of {pod} is killed for memory: {end}.', {
    means:
      'The pod does not start: no container behind it runs, the proxy neither. Its own limit is {limit}.',
  }),
  'killed-by-probe': cause(
    'The container {container} of {pod} is killed by its {probe} probe, not for memory: {end}.',
    {
      means: 'The kubelet says: {line}. Memory is not the reason, unless it answers slowly for it.',
      avoid: 'Do not raise memory for this: the kubelet killed it, not the kernel.',
    },
  ),
  evicted: cause('{pod} was evicted: its node was low on {resource}.', {
    means:
      '{over} The kubelet ended the whole pod, no limit did. It evicts first what uses more than it requests.',
    avoid: 'Do not raise limits alone: it is the request that an eviction goes by.',
  }),
  'node-oom': cause(
    'The kernel of node {node} ran out of memory and killed {container} of {pod}: {end}.',
    {
      means:
        'No limit of this pod was reached: the node gave its pods more than it has. {line}. It kills first what uses most beyond its request.',
    },
  ),
};

export const tell = tells(findings);
