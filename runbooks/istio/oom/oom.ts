// A container that was killed for lack of memory: which one, how, and why. The proxy is not the application.
import { input, runbookOf } from '../../../src/authoring.ts';
import { planeCheck } from '../../shared/istio/plane.ts';
import { config, containers, envoy, stats, use } from './checks.ts';
import { end } from './judge.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'oom',
    aliases: ['oomkilled', 'sidecar-oom'],
    title: 'Container is OOM-killed',
    symptom:
      'A pod restarts with OOMKilled or exit code 137, or its proxy keeps restarting without an error.',
    words: [
      'out of memory',
      'crash loop',
      'CrashLoopBackOff',
      'keeps restarting',
      'exit code 137',
      'memory limit',
    ],
    input: { pod: input.pod('the pod whose container was killed') },
    findings,
    among: 'last',
  },
  // It is for pods of any mesh, and of none.
  [containers, use, envoy, config, stats, end, planeCheck('oom', 'proxies')],
);
