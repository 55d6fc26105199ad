// A container that was killed for want of memory: which one, how, and why. The proxy is not the application.
import { input, runbookOf } from '../../../src/authoring.ts';
import { config, containers, envoy, stats, use } from './checks.ts';
import { detect } from './detect.ts';
import { end } from './judge.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'oom',
    aliases: ['oomkilled', 'sidecar-oom'],
    title: 'Container killed for memory',
    symptom:
      'A pod restarts with OOMKilled or exit code 137, or its proxy ends again and again without a word.',
    words: [
      'out of memory',
      'crash loop',
      'CrashLoopBackOff',
      'keeps restarting',
      'exit code 137',
      'memory limit',
    ],
    input: { pod: input.pod('the pod with a container that was killed') },
    findings,
    detect,
  },
  [containers, use, envoy, config, stats, end],
);
