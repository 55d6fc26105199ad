// What `linkerd-metrics` can say of what is asked and who should ask it: proxies, viz, Prometheus, discovery. The rest is in
// linkerd-metrics.findings-scrape.ts and linkerd-metrics.findings-seen.ts.
import {
  cause,
  contributor,
  inspect,
  kubectl,
  linkerd,
  meshdoc,
  piped,
  symptom,
  words,
} from '../../../src/authoring.ts';
import { podMonitor } from './fixes.ts';
import { ofScrape } from './says/scrape.ts';
import { ofWhatIsSeen } from './says/seen.ts';

const again = (a: Readonly<Record<'target', string>>) =>
  meshdoc`diagnose linkerd-metrics ${a.target}`;

const install = (a: Readonly<Record<'target', string>>, does: string) => ({
  does,
  run: piped(linkerd`viz install`, words`kubectl apply -f -`),
  risk: 'changes-config' as const,
  touches: 'namespace linkerd-viz, which it makes or completes',
  undo: { run: piped(linkerd`viz uninstall`, words`kubectl delete -f -`) },
  verify: again(a),
});

const ofViz = {
  'not-injected': cause('{who} {have} no Linkerd proxy, so nothing is measured there.', {
    means: 'Every metric of Linkerd is counted by the proxy of a pod. {others}',
    reach: '{reach}',
    with: ['target', 'first'],
    fixes: (a) => [inspect('See why', meshdoc`diagnose linkerd-injection ${a.target}`, again(a))],
    follow: { runbook: 'linkerd-injection', target: 'target' },
  }),
  'no-prometheus': cause('The cluster has no Prometheus that could read the proxies of {place}.', {
    means:
      'No pod of linkerd-viz and none of another known Prometheus is there. One outside the cluster is named with --prometheus.',
    with: ['target'],
    fixes: (a) => [install(a, 'Install linkerd-viz, which brings a Prometheus')],
  }),
  'viz-label-lost': cause(
    'Namespace {namespace} runs linkerd-viz and lacks the label that says so.',
    {
      means:
        '`linkerd viz` finds it by the label linkerd.io/extension=viz alone; without it every command says that viz is not installed.',
      with: ['target'],
      fixes: (a) => [
        {
          does: 'Put the label back',
          run: kubectl`label namespace ${a.namespace} linkerd.io/extension=viz`,
          risk: 'changes-config',
          touches: `namespace ${a.namespace}, one label`,
          undo: { run: kubectl`label namespace ${a.namespace} linkerd.io/extension-` },
          verify: kubectl`get namespaces -l linkerd.io/extension=viz`,
        },
      ],
    },
  ),
  'viz-doubled': cause('{count} say that they are linkerd-viz, and {empty} is empty.', {
    means: '`linkerd viz` takes the first one it is given, and finds nothing there.',
    fixes: (a) => [
      {
        does: `Take the label off ${a.empty}`,
        run: kubectl`label namespace ${a.empty} linkerd.io/extension-`,
        risk: 'changes-config',
        touches: `namespace ${a.empty}, one label`,
        undo: { run: kubectl`label namespace ${a.empty} linkerd.io/extension=viz` },
        verify: kubectl`get namespaces -l linkerd.io/extension=viz`,
      },
    ],
  }),
  'viz-out-of-memory': cause('The Prometheus of linkerd-viz is killed for memory: {why}.', {
    means:
      'While it is down nothing is read, and with each restart it forgets what it had: its volume is an emptyDir. {grows}',
    with: ['namespace', 'deployment', 'container', 'raised', 'target'],
    fixes: (a) => raiseMemory(a),
  }),
  'viz-down': cause('{part} of linkerd-viz is down: {why}.', {
    means: '{effect}',
    with: ['namespace', 'pod'],
    fixes: (a) => [
      a.pod === ''
        ? inspect('See its Deployments', kubectl`get deployments -n ${a.namespace}`)
        : inspect('See why', kubectl`describe pod ${a.pod} -n ${a.namespace}`),
    ],
  }),
  'history-lost': contributor(
    'The Prometheus of linkerd-viz was killed for memory and runs again.',
    {
      means: 'What it had read before is lost: its volume is an emptyDir.',
      with: ['namespace', 'deployment', 'container', 'raised', 'target'],
      fixes: (a) => raiseMemory(a),
    },
  ),
  'prometheus-url-wrong': cause('linkerd-viz reads {url}, and there is no such Service.', {
    means:
      'metrics-api asks that address for every figure; whatever Prometheus has, nobody is shown it.',
    with: ['namespace', 'target'],
    fixes: (a) => [
      inspect(
        'See what metrics-api is told to read',
        kubectl`get deployment metrics-api -n ${a.namespace} -o yaml`,
      ),
      inspect(
        'See which Prometheus there is',
        kubectl`get services -A -l app.kubernetes.io/name=prometheus`,
      ),
    ],
  }),
};

function raiseMemory(
  a: Readonly<Record<'namespace' | 'deployment' | 'container' | 'raised' | 'target', string>>,
) {
  if (a.raised === '') {
    const describe = kubectl`describe deployment ${a.deployment} -n ${a.namespace}`;
    return [inspect('See what memory it may have', describe)];
  }
  const deployment = `deployment/${a.deployment}`;
  return [
    {
      does: `Raise the memory limit of ${a.container}`,
      run: kubectl`set resources ${deployment} -n ${a.namespace} -c ${a.container}
        --limits=memory=${a.raised}`,
      risk: 'restarts-pods' as const,
      touches: `${deployment} in ${a.namespace}; what it holds in memory is lost once more`,
      undo: { run: kubectl`rollout undo ${deployment} -n ${a.namespace}` },
      verify: again(a),
      note: 'Helm value prometheus.resources.memory.limit keeps it; prometheus.persistence keeps the data.',
    },
  ];
}

const ofDiscovery = {
  'prometheus-starting': symptom('{prometheus} runs for {age}, and has not found {who} yet.', {
    means:
      'In its first half minute it does not list all jobs and targets, so what is missing says nothing. Ask again.',
    with: [],
  }),
  'no-job': cause('{prometheus} has no job that reads the proxies of Linkerd.', {
    means:
      'Its jobs are {jobs}. It needs one that finds the port linkerd-admin of pods: the job of linkerd-viz, or the PodMonitor of the chart. {operator}',
    with: ['target', 'monitorNamespace', 'labels'],
    fixes: (a) =>
      a.monitorNamespace === ''
        ? [install(a, 'Let linkerd-viz bring a Prometheus that has the job')]
        : [podMonitor({ namespace: a.monitorNamespace, labels: a.labels }, again(a))],
  }),
  'monitor-ignored': cause(
    'No Prometheus selects the PodMonitor {monitor}: {server} wants {wants}.',
    {
      means: 'The PodMonitor is right and nobody reads it, so no proxy is a target. {nil}',
      with: [
        'namespace',
        'name',
        'label',
        'serverNamespace',
        'serverName',
        'patch',
        'undo',
        'target',
      ],
      fixes: (a) => [selectMonitor(a)],
    },
  ),
  undiscovered: cause('{prometheus} does not know {who}: {reason}.', {
    means: 'It reads other proxies, so the job is there and leaves these out.',
    reach: '{reach}',
    with: ['namespace', 'name', 'target'],
    fixes: (a) => [
      inspect(
        'See the labels and ports that the job goes by',
        kubectl`get pod ${a.name} -n ${a.namespace} -o yaml`,
        again(a),
      ),
    ],
  }),
};

function selectMonitor(
  a: Readonly<
    Record<
      | 'monitor'
      | 'namespace'
      | 'name'
      | 'label'
      | 'serverNamespace'
      | 'serverName'
      | 'patch'
      | 'undo'
      | 'target',
      string
    >
  >,
) {
  if (a.label !== '') {
    const key = a.label.replace(/=.*/, '');
    return {
      does: 'Give the PodMonitor the label',
      run: kubectl`label podmonitor ${a.name} -n ${a.namespace} ${a.label}`,
      risk: 'changes-config' as const,
      touches: `PodMonitor ${a.monitor}; Prometheus then reads every proxy`,
      undo: { run: kubectl`label podmonitor ${a.name} -n ${a.namespace} ${key}-` },
      verify: again(a),
      note: 'Helm value podMonitor.labels of the control plane keeps it.',
    };
  }
  const patch = (what: string) =>
    kubectl`patch prometheuses.monitoring.coreos.com ${a.serverName} -n ${a.serverNamespace}
      --type merge -p ${what}`;
  return {
    does: 'Let the Prometheus take PodMonitors of every namespace',
    run: patch(a.patch),
    risk: 'changes-config' as const,
    touches: `what Prometheus ${a.serverNamespace}/${a.serverName} reads: PodMonitors that it left out until now too`,
    undo: { run: patch(a.undo) },
    verify: again(a),
  };
}

/** Everything `linkerd-metrics` can say, by code. */
export const findings = { ...ofViz, ...ofDiscovery, ...ofScrape, ...ofWhatIsSeen };
export type Findings = typeof findings;
