// The forms of the linkerd CLI that may be run: those that read.
import type { CommandForm, FlagForms, Program } from '../../core/mesh.ts';
import { NAME, NAMESPACE, OUTPUT, SECONDS, WORKLOAD } from '../forms.ts';

const LINKERD_CHECK: FlagForms = {
  ...NAMESPACE,
  ...OUTPUT,
  '-L': NAME,
  '--linkerd-namespace': NAME,
  '--proxy': null,
  '--wait': SECONDS,
  '--expected-version': NAME,
};

const LINKERD: readonly CommandForm[] = [
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

export const cli: Program = {
  name: 'linkerd',
  commands: LINKERD,
  // linkerd2 cli/cmd/root.go
  reach: { dash: '--', flags: 'first', knows: ['as', 'as-group'] },
};
