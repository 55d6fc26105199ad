import { addWeb, ENABLED, NAMESPACE, removeWeb, setMesh, settled, TARGET } from '../inject-kit.ts';
import type { Fault } from '../faults.ts';
import { sleep } from '../sh.ts';

export default {
  name: 'inject-discovery',
  does: 'discoverySelectors of the mesh leave out a namespace whose pods are injected all the same.',
  async break() {
    await addWeb(ENABLED);
    await settled(NAMESPACE);
    const names = ['shop', 'istio-system', 'plain'];
    const inMesh = { key: 'kubernetes.io/metadata.name', operator: 'In', values: names };
    await setMesh('discoverySelectors', [{ matchExpressions: [inMesh] }]);
    await sleep(2000);
    return TARGET;
  },
  async mend() {
    await Promise.all([removeWeb(), setMesh('discoverySelectors', undefined)]);
  },
} satisfies Fault;
