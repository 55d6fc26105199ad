// Metrics of Linkerd are missing. A proxy counts; Prometheus discovers it, scrapes its admin port and keeps the series; a
// viewer queries them. The search stops at the first of these steps that fails.
import { aheadLook, input, runbookOf } from '../../../src/authoring.ts';
import { viz } from '../../../src/facts/linkerd/viz.ts';
import { checks } from './checks.ts';
import { end } from './judge.ts';
import { findings } from './says.ts';

export default runbookOf(
  {
    id: 'linkerd-metrics',
    aliases: ['linkerd', 'metrics-missing'],
    mesh: 'linkerd',
    title: 'Metrics of Linkerd are missing',
    symptom: '`linkerd viz stat` or a dashboard shows nothing, or not everything, for a workload.',
    words: ['no metrics', 'empty dashboard', 'golden metrics', 'Grafana', 'Prometheus', 'no data'],
    input: { target: input.place('the pod, workload or namespace without metrics') },
    findings,
    answersOnly: [
      'not-injected',
      'no-prometheus',
      'no-job',
      'prometheus-starting',
      'opaque-port',
      'skipped-port',
      'own-tls',
      'speaks-first',
      'callers-unmeshed',
      'scrapes-too-rare',
      'responses-pending',
      'tap-missing',
    ],
    ahead: () => [aheadLook(viz, {})],
  },
  [...Object.values(checks), end],
);
