import { removeNamespaces } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import { manifest, rolledOut } from '../install.ts';
import { completedState, crashingState, patchStatus, runningState } from '../pod-status.ts';
import { until } from '../sh.ts';

export default {
  name: 'kinds',
  does: 'The namespace kinds holds one pod of every kind a person may name, a real gateway included.',
  async break(lab) {
    await lab.apply(await manifest('kinds.yaml'));
    await lab.apply(await manifest('gateway.yaml'));
    const app = runningState();
    const initDone = { 'istio-init': completedState() };
    const proxy = { 'istio-proxy': runningState() };
    await until('kinds to have addresses', async () => {
      const path = 'jsonpath={.items[?(@.status.podIP)].metadata.name}';
      const names = await lab.kubectl('-n', 'kinds', 'get', 'pods', '-o', path);
      return ['bare', 'ambient', 'grpc', 'crashing', 'native'].every((name) =>
        names.includes(name),
      );
    });
    await patchStatus(lab, 'kinds', 'bare', { app });
    await patchStatus(lab, 'kinds', 'ambient', { app });
    await patchStatus(lab, 'kinds', 'grpc', { app, ...proxy });
    await patchStatus(lab, 'kinds', 'native', { app }, { ...initDone, ...proxy });
    await patchStatus(
      lab,
      'kinds',
      'crashing',
      { app: crashingState(1, 'Error'), ...proxy },
      initDone,
    );
    await rolledOut('kinds', 'istio-ingressgateway');
    const wait = ['wait', 'job/report', '--for=condition=Complete', '--timeout=180s'];
    await lab.kubectl('-n', 'kinds', ...wait);
    const gateway = await lab.pod('istio-ingressgateway', 'kinds');
    return { target: 'kinds/bare', gateway: `kinds/${gateway.name}` };
  },
  async mend() {
    await removeNamespaces('kinds');
  },
} satisfies Fault;
