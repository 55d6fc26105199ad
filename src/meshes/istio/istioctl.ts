// The forms of istioctl that may be run: those that read, take no file, and do not make istiod dump its configuration.
import type { CommandForm, FlagForms, Program } from '../../core/mesh.ts';
import { BOOL, NAME, NAMESPACE, OUTPUT, PORT, SECONDS, WORD, WORKLOAD } from '../forms.ts';

const LEVEL = /^(?:Info|Warning|Error|info|warning|error)$/;

const ISTIO: FlagForms = {
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

const ISTIOCTL: readonly CommandForm[] = [
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

export const istioctl: Program = {
  name: 'istioctl',
  path: { says: 'default: the one on the PATH' },
  commands: ISTIOCTL,
  // istio istioctl/pkg/cli/option.go; older releases have no --as.
  reach: { dash: '--', flags: 'first', knows: ['as', 'as-group', 'as-uid'] },
};
