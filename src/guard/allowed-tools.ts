// Which commands of which tools may run, as data: the words, the positional arguments and the flags. Only
// forms that read, take no file, and do not make istiod dump its configuration.
import type { Tool } from '../core/question.ts';

export type Command = {
  /** Fixed words, each with its aliases: `proxy-status|ps`. */
  readonly words: readonly string[];
  /** What may follow, one pattern an argument; none by default. */
  readonly takes?: readonly RegExp[];
  /** How many of `takes` must be given; all by default. */
  readonly atLeast?: number;
  /** The argument is a path of istiod's debug interface, held to the list for its port. */
  readonly debugPath?: true;
  readonly flags?: Flags;
};
/** A flag with the pattern of its value; `null` for a switch. */
export type Flags = Readonly<Record<string, RegExp | null>>;

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
/** `web-5c4`, `web-5c4.shop`, `deploy/web.shop` */
const WORKLOAD = /^(?:[a-z]{1,40}\/)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const WORD = /^[\w.:*|/,-]{1,300}$/;
const BOOL = /^(?:true|false)$/;
const PORT = /^\d{1,5}$/;
const SECONDS = /^\d{1,4}(?:ms|s|m)?$/;
const LEVEL = /^(?:Info|Warning|Error|info|warning|error)$/;

const NAMESPACE: Flags = { '-n': NAME, '--namespace': NAME };
const OUTPUT: Flags = {
  '-o': /^(?:json|short|table|log|wide)$/,
  '--output': /^(?:json|short|table|log|wide)$/,
};
const ISTIO: Flags = {
  ...NAMESPACE,
  ...OUTPUT,
  '-i': NAME,
  '--istioNamespace': NAME,
  '-r': NAME,
  '--revision': NAME,
  '--kubeclient-timeout': SECONDS,
};

const PROXY_CONFIG_TYPES =
  'cluster|clusters|c|listener|listeners|l|route|routes|r|endpoint|endpoints|ep|secret|secrets|s|bootstrap|b|ecds|all|a';

const ISTIOCTL: readonly Command[] = [
  { words: ['version'], flags: { ...ISTIO, '--remote': BOOL, '-s': null, '--short': null } },
  {
    words: ['analyze'],
    flags: {
      ...ISTIO,
      '-A': null,
      '--all-namespaces': null,
      '--color': BOOL,
      '--failure-threshold': LEVEL,
      '--output-threshold': LEVEL,
      '--timeout': SECONDS,
    },
  },
  {
    // Without a pod: the form for one pod compares with a dump by istiod (istio issue 57789), and prints a
    // difference, not a state.
    words: ['proxy-status|ps'],
    flags: { ...ISTIO, '-v': /^[01]$/, '--verbosity': /^[01]$/ },
  },
  {
    words: ['proxy-config|pc', PROXY_CONFIG_TYPES],
    takes: [WORKLOAD],
    flags: {
      ...ISTIO,
      '--fqdn': WORD,
      '--port': PORT,
      '--direction': WORD,
      '--subset': WORD,
      '--type': WORD,
      '--address': WORD,
      '--name': WORD,
      '--cluster': WORD,
      '--status': WORD,
      '--verbose': BOOL,
      '--proxy-admin-port': PORT,
    },
  },
  {
    words: ['experimental|x', 'describe|des', 'pod|po|service|svc'],
    takes: [WORKLOAD],
    flags: { ...ISTIO, '--ignoreUnmeshed': null },
  },
  {
    words: ['experimental|x', 'internal-debug'],
    takes: [/^[\w?=&/-]{1,200}$/],
    debugPath: true,
    flags: { ...ISTIO, '--all': null },
  },
  { words: ['experimental|x', 'authz', 'check'], takes: [WORKLOAD], flags: ISTIO },
  { words: ['experimental|x', 'precheck'], flags: { ...ISTIO, '--from-version': NAME } },
  { words: ['tag', 'list'], flags: ISTIO },
  { words: ['remote-clusters'], flags: ISTIO },
];

/** Its own version alone: meshdoc asks the API server itself. */
const KUBECTL: readonly Command[] = [
  { words: ['version'], flags: { '--client': null, '-o': /^json$/ } },
];

const LINKERD_CHECK: Flags = {
  ...NAMESPACE,
  ...OUTPUT,
  '-L': NAME,
  '--linkerd-namespace': NAME,
  '--proxy': null,
  '--wait': SECONDS,
  '--expected-version': NAME,
};

const LINKERD: readonly Command[] = [
  { words: ['check'], flags: { ...LINKERD_CHECK, '--pre': null } },
  { words: ['viz', 'check'], flags: LINKERD_CHECK },
  {
    words: ['viz', 'stat'],
    takes: [WORKLOAD, WORKLOAD],
    atLeast: 1,
    flags: {
      ...NAMESPACE,
      ...OUTPUT,
      '-A': null,
      '--all-namespaces': null,
      '-t': SECONDS,
      '--time-window': SECONDS,
      '--unmeshed': null,
      '--to': WORKLOAD,
      '--to-namespace': NAME,
      '--from': WORKLOAD,
      '--from-namespace': NAME,
    },
  },
  {
    words: ['diagnostics', 'proxy-metrics'],
    takes: [WORKLOAD],
    flags: { ...NAMESPACE, '--obfuscate': null },
  },
  {
    words: ['version'],
    flags: { ...NAMESPACE, '--client': null, '--short': null, '--proxy': null },
  },
];

const CILIUM: readonly Command[] = [
  {
    words: ['status'],
    flags: {
      ...NAMESPACE,
      ...OUTPUT,
      '--wait': BOOL,
      '--wait-duration': SECONDS,
      '--interactive': BOOL,
      '--verbose': null,
      '--brief': null,
    },
  },
  { words: ['version'], flags: { ...NAMESPACE, '--client': null } },
];

// Go's own flag syntax: one dash or two.
const CONSUL: Flags = {
  ...NAMESPACE,
  ...OUTPUT,
  '-namespace': NAME,
  '-output': /^(?:json|table)$/,
  '-A': null,
  '-all-namespaces': null,
  '--all-namespaces': null,
};

const CONSUL_K8S: readonly Command[] = [
  { words: ['status'], flags: CONSUL },
  { words: ['version'] },
  { words: ['proxy', 'list'], flags: CONSUL },
  {
    words: ['proxy', 'read'],
    takes: [NAME],
    flags: {
      ...CONSUL,
      ...Object.fromEntries(
        ['clusters', 'endpoints', 'listeners', 'routes', 'secrets'].flatMap((part) => [
          [`-${part}`, null],
          [`--${part}`, null],
        ]),
      ),
    },
  },
];

export const COMMANDS: Readonly<Record<Tool, readonly Command[]>> = {
  kubectl: KUBECTL,
  istioctl: ISTIOCTL,
  linkerd: LINKERD,
  cilium: CILIUM,
  'consul-k8s': CONSUL_K8S,
};
