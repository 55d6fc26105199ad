import { setCrash, signal, targetOf, untilCrashLoops } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';
import type { LabPod } from '../lab.ts';

const CRASH = {
  exitCode: 1,
  reason: 'Error',
  log: [
    'error\tfailed to create discovery service: error initializing CA: failed loading plugged-in certs: tls: private key does not match public key',
    'Error: failed to create discovery service: error initializing CA: failed loading plugged-in certs: tls: private key does not match public key',
  ],
};

const event = ({ namespace, name }: LabPod): string => `apiVersion: v1
kind: Event
metadata: { name: ${name}.backoff, namespace: ${namespace} }
type: Warning
reason: BackOff
message: 'Back-off restarting failed container discovery in pod ${name}_${namespace}'
count: 3
firstTimestamp: '${new Date(Date.now() - 60_000).toISOString().slice(0, 19)}Z'
lastTimestamp: '${new Date().toISOString().slice(0, 19)}Z'
source: { component: kubelet, host: node-1 }
involvedObject: { apiVersion: v1, kind: Pod, name: ${name}, namespace: ${namespace}, fieldPath: 'spec.containers{discovery}' }
`;

export default {
  name: 'istiod-crashloop',
  does: 'istiod ends with an error at every start: CrashLoopBackOff.',
  async break(lab) {
    const istiod = await lab.pod('istiod', 'istio-system');
    await setCrash(istiod, 'discovery', CRASH);
    await signal(istiod, 'pilot-discovery', 'SIGKILL');
    await untilCrashLoops(istiod, 'discovery');
    await lab.apply(event(istiod));
    return { target: targetOf(await lab.pod('web')), istiod: targetOf(istiod) };
  },
  async mend(lab) {
    const istiod = await lab.pod('istiod', 'istio-system');
    await setCrash(istiod, 'discovery');
    // A new pod starts at once; the old one would sit out its back-off.
    await lab.kubectl('-n', istiod.namespace, 'delete', 'pod', istiod.name, '--wait=false');
    await lab.kubectl('-n', istiod.namespace, 'delete', 'event', '--all');
  },
} satisfies Fault;
