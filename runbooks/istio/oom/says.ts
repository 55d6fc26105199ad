// What `oom` can say. Read at 3 a.m.: which container, how, and why.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';
import { findings as planeFindings } from '../../shared/istio/plane-says.ts';

export const findings = {
  'proxy-oom-killed': cause('The proxy of {pod} {over} and is killed: {end}.', {
    means: '{effect} {why} {now}',
  }),
  'envoy-killed': cause(
    'Envoy in {pod} {over} and is killed; its agent survives, so the container reports {end}.',
    {
      means:
        'The kernel killed only one process of the container (cgroup v1, or kubelet singleProcessOOMKill), so the container status may look normal. {line} {effect} {why} {now}',
    },
  ),
  'proxy-killed': cause(
    'The proxy of {pod} is killed with SIGKILL, probably because it {over}: {end}.',
    {
      means:
        'Its status gives no reason, and no event shows a probe, an eviction or a node short of memory. {effect} {why} {now}',
    },
  ),
  'proxy-sigkill': symptom(
    'Something killed the proxy of {pod} with SIGKILL, and nothing shows that it was lack of memory: {end}.',
    {
      means:
        'It has {limit}. {now} The container runtime gives no reason, and no event shows a probe, an eviction or a node short of memory. A process on the node or in the pod can send this signal too.',
    },
  ),
  'near-limit': contributor('The proxy of {pod} uses {used} of its {limit} memory limit.', {
    means:
      'One large config push may exceed the limit, because Envoy holds the old and the new config at once. {why}',
  }),

  // Why: advice with figures; its fix stands with the finding that it explains.
  'limit-partly-set': contributor(
    "Only {set} is set, which drops the mesh's defaults (memory limit {limit}) and leaves {unset} unset.",
    {
      means:
        'The injector uses either the four resource annotations or the four defaults, never a mix.',
    },
  ),
  'limit-from-range': contributor(
    'A LimitRange in namespace {namespace} sets the memory limit{of}, because the proxy had none of its own.',
    {
      means:
        'A LimitRange is made for applications, but every proxy in the namespace gets the same limit.',
    },
  ),
  'limit-low': contributor('{by} sets a low memory limit of {limit}{than}.', {
    means: 'A proxy in a small mesh uses about 110Mi before its first request.',
  }),
  'too-much-config': contributor(
    'Envoy holds {clusters} (about {taken}{of}), and {by} its config{uses}.',
    { means: 'Its memory grows with the size of the mesh, not with what the pod calls. {calls}' },
  ),
  'too-many-stats': contributor(
    'Label {label} of metric {metric} has {values} values; the proxy keeps {lines} metrics.',
    { means: 'The proxy keeps every distinct set of label values until it restarts.' },
  ),
  'too-many-names': contributor(
    'The metrics of the proxy have {names} different names, such as {example}.',
    {
      means:
        'Something that changes is part of these names, because no stat tag takes it out (extraStatTags). The proxy keeps each of them until it restarts; a narrower proxyStatsMatcher keeps fewer.',
    },
  ),
  'threads-of-node': contributor(
    'Envoy runs {threads} worker threads{cores}, because the proxy has no CPU limit; each thread keeps its own connections, caches and counters.',
    { means: 'The larger the node, the more memory the same proxy uses.' },
  ),
  'many-connections': contributor(
    'Clients hold {connections} open, and {buffered} of data waits in buffers.',
    { means: 'While a peer is slow, its connection can buffer up to 1 MiB in each direction.' },
  ),
  // Linkerd sets no limit by itself: linkerd2 charts/linkerd-control-plane/values.yaml proxy.resources.memory.limit.
  'linkerd-proxy-killed': cause('The linkerd-proxy of {pod}{apart} {over} and is killed: {end}.', {
    means:
      'Linkerd sets no memory limit by default: only an annotation, its install values or a LimitRange can set one.',
  }),
  'app-oom-killed': cause(
    'The application container {container} of {pod}{apart} {over} and is killed: {end}.',
    { means: "This limit is the application's own. {proxy}" },
  ),
  'app-killed': cause(
    'The application container {container} of {pod}{apart} is killed with SIGKILL: {end}.',
    { means: 'No event shows a probe or an eviction; its memory limit is {limit}. {proxy}' },
  ),
  'init-oom-killed': cause('The init container {container} of {pod} {over} and is killed: {end}.', {
    means: 'The pod does not start: no container after this one runs, and neither does the proxy.',
  }),
  'killed-by-probe': cause(
    'Container {container} of {pod} is killed by a failed {probe} probe, not by its memory limit: {end}.',
    {
      means:
        'The kubelet reports: {line}. Memory is the cause only if lack of it made the container answer slowly.',
      avoid: 'Do not raise the memory limit: the kubelet killed the container, not the kernel.',
    },
  ),
  evicted: cause('Node {node} was low on {resource}, so the kubelet evicted {pod}.', {
    means:
      '{requests} An eviction ends the whole pod, whatever its limits; the kubelet first evicts pods that use more than they request.',
    avoid: 'Do not raise only the limits: an eviction goes by the request.',
  }),
  'node-oom': cause(
    'Node {node} ran out of memory, and its kernel killed container {container} of {pod}: {end}.',
    {
      means:
        'The pod reached no limit of its own: the node is overcommitted. {line}. The kernel first kills what uses most beyond its request.',
    },
  ),

  // The control plane.
  ...planeFindings,
};

export const tell = tells(findings);
