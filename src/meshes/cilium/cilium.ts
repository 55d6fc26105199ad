// Cilium, as the rest of meshdoc knows it. It has no runbook yet: what is here lets its parts be asked and named.
import type { CommandForm, Mesh } from '../../core/mesh.ts';
import { BOOL, NAMESPACE, OUTPUT, SECONDS } from '../forms.ts';

const CILIUM: readonly CommandForm[] = [
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

export const cilium: Mesh = {
  id: 'cilium',
  title: 'Cilium',
  objectPerPod: {
    ...{ group: 'cilium.io', version: 'v2', plural: 'ciliumendpoints', kind: 'CiliumEndpoint' },
    namespaced: true,
  },
  programs: [
    {
      name: 'cilium',
      commands: CILIUM,
      // cilium cilium-cli/cli/cmd.go
      reach: { dash: '--', flags: 'first', knows: ['as', 'as-group'] },
    },
  ],
  variables: [
    // cilium install/kubernetes/cilium/templates/cilium-agent/daemonset.yaml
    'CILIUM_K8S_NAMESPACE',
    'K8S_NODE_NAME',
  ],
  words: {
    products: 'cilium hubble tetragon',
    domains: ['cilium.io'],
    configMaps: [/^cilium-config$/],
  },
};
