// What `linkerd-metrics` can say. A person reads these at 3 a.m.: where the metrics stop, and what that takes from whom.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

export const findings = {
  // Who should be read, and who should read: proxies, linkerd-viz, Prometheus, its jobs.
  'not-injected': cause('{who} {have} no Linkerd proxy, so nothing is measured there.', {
    means: 'Every metric of Linkerd is counted by the proxy of a pod. {others}',
    follow: { runbook: 'linkerd-injection' },
  }),
  'no-prometheus': cause('The cluster has no Prometheus that could read the proxies of {place}.', {
    means:
      'No pod of linkerd-viz and none of another known Prometheus is there. One outside the cluster is named with --prometheus.',
  }),
  'viz-label-lost': cause(
    'Namespace {namespace} runs linkerd-viz and lacks the label that says so.',
    {
      means:
        '`linkerd viz` finds it by the label linkerd.io/extension=viz alone; without it every command says that viz is not installed.',
    },
  ),
  'viz-doubled': cause('{count} say that they are linkerd-viz, and {empty} is empty.', {
    means: '`linkerd viz` takes the first one it is given, and finds nothing there.',
  }),
  'viz-out-of-memory': cause('The Prometheus of linkerd-viz is killed for memory: {why}.', {
    means:
      'While it is down nothing is read, and with each restart it forgets what it had: its volume is an emptyDir. {grows}',
  }),
  'viz-down': cause('{part} of linkerd-viz is down: {why}.', { means: '{effect}' }),
  'history-lost': contributor(
    'The Prometheus of linkerd-viz was killed for memory and runs again.',
    { means: 'What it had read before is lost: its volume is an emptyDir.' },
  ),
  'prometheus-url-wrong': cause('linkerd-viz reads {url}, and there is no such Service.', {
    means:
      'metrics-api asks that address for every figure; whatever Prometheus has, nobody is shown it.',
  }),
  'prometheus-starting': symptom('{prometheus} runs for {age}, and has not found {who} yet.', {
    means:
      'In its first half minute it does not list all jobs and targets, so what is missing says nothing. Ask again.',
  }),
  'no-job': cause('{prometheus} has no job that reads the proxies of Linkerd.', {
    means:
      'Its jobs are {jobs}. It needs one that finds the port linkerd-admin of pods: the job of linkerd-viz, or the PodMonitor of the chart. {operator}',
  }),
  'monitor-ignored': cause(
    'No Prometheus selects the PodMonitor {monitor}: {server} wants {wants}.',
    { means: 'The PodMonitor is right and nobody reads it, so no proxy is a target. {nil}' },
  ),
  undiscovered: cause('{prometheus} does not know {who}: {reason}.', {
    means: 'It reads other proxies, so the job is there and leaves these out.',
  }),

  // Targets that Prometheus knows and cannot read: denied, blocked, or nobody answers.
  'scrape-denied': cause('The proxy of {who} refuses {prometheus}: 403, {gate}.', {
    means:
      'The admin port is under the policy of the pod like every other port. {reader} Requests of the application are not touched by this.',
  }),
  'server-unresolved': contributor(
    'Before edge-25.6.3 a Server that names the port linkerd-admin does not reach a native sidecar: {who} {runs} {version}.',
    {
      means:
        'The Server is there and the default policy stays in force (linkerd2 issue 14103). A Server with the number 4191 works.',
    },
  ),
  'scrape-blocked': cause('{policies} keeps {prometheus} from the proxy of {who}.', {
    means: 'Prometheus waits in vain: {error}. Its requests come in at port {port}.',
  }),
  'scrape-unreachable': cause('{prometheus} gets no answer from the proxy of {who}: {error}.', {
    means:
      'No NetworkPolicy that could be read forbids it. {own} Left are policies of another kind, the network between the nodes, and a firewall.',
  }),
  'scrape-refused': cause('Nothing listens at the admin port of {who}: {error}.', {
    means:
      'The proxy has ended, or its admin port was moved and Prometheus asks the old one. {own}',
  }),
  'scrape-unreadable': cause('What {prometheus} gets from {who} are no metrics: {error}.', {
    means: 'Something other than the proxy answers there, or the answer breaks off.',
  }),
  'proxy-not-ready': cause('The proxy of {who} is not ready: {why}.', {
    means: 'It has no port open for Prometheus before it is ready, and carries no traffic either.',
  }),
  'no-identity': cause('The proxy of {who} gets no identity: {line}.', {
    means:
      'Without a certificate it is never ready: it carries no traffic, and Prometheus reads nothing.',
    follow: { runbook: 'linkerd-identity' },
  }),
  'certificate-expired': cause('The certificate of the proxy of {who} ended {ago} ago.', {
    means:
      'No other proxy talks to it any more, a Prometheus that is meshed neither. A proxy renews it in time while the issuer works.',
    follow: { runbook: 'linkerd-identity' },
  }),

  // Proxies that are read, and there is no HTTP in what they count.
  'opaque-port': cause(
    'Port {port} of {who} is marked opaque, so only its connections are counted.',
    {
      means:
        'The annotation {key} says {before}: the proxy passes the port on unread, and there are no requests, latencies or success rates.',
    },
  ),
  'skipped-port': cause('Port {port} of {who} is skipped: its traffic goes past the proxy.', {
    means: 'The annotation {key} says {before}. Of a skipped port the proxy sees nothing at all.',
  }),
  'own-tls': cause(
    'Port {port} of {who} speaks TLS of its own{sni}, which the proxy cannot read.',
    {
      means:
        'The proxy counts {connections} connections there and no request. Let the application speak plain HTTP and Linkerd do the TLS, or live with TCP metrics.',
    },
  ),
  'speaks-first': cause('A server of {who} waits for the client to listen: {line}.', {
    means:
      'The proxy waits ten seconds for the first bytes of a client; where the server speaks first none come. Each connection is ten seconds late and counted as TCP. Mark the port opaque.',
  }),
  'series-dropped': cause('The proxy of {who} counts requests, and {prometheus} keeps none.', {
    means:
      'It counts {requests} and is read without an error, so the job throws the series away: see its metric_relabel_configs, and the limits of samples.',
  }),
  'callers-unmeshed': contributor('All who call {who} come without a proxy.', {
    means:
      'What they send is counted where it arrives; from their side, and who they are, there is nothing.',
  }),

  // What else keeps figures from who looks for them.
  'labels-dropped': cause('{prometheus} reads {who} and drops the label {missing} of its series.', {
    means:
      'linkerd-viz and the dashboards ask by namespace and pod, so they find nothing. The job lacks a relabelling that the one of linkerd-viz has.',
  }),
  'scrapes-too-rare': contributor('{prometheus} reads the proxies every {interval}.', {
    means:
      '`linkerd viz stat` looks at the last minute, and a rate needs two readings within it: it shows nothing. Look at a longer time, or scrape more often.',
  }),
  'responses-pending': contributor('{who} has requests that have not ended yet.', {
    means:
      'Latency and success are counted when a response ends; of a stream that stays open there is neither.',
  }),
  'tap-missing': contributor('{who} was made before linkerd-viz: tap and top cannot see it.', {
    means: 'The figures of `stat` and of Prometheus do not need tap.',
  }),
  'tap-down': contributor('The API of tap is not available: {why}.', {
    means:
      '`linkerd viz tap` and `top` fail; the figures of `stat` and of Prometheus do not need it.',
  }),
  'viz-part-down': contributor('{part} of linkerd-viz is down: {why}.', { means: '{effect}' }),
  'viewer-fails': cause('Prometheus has the metrics, and `linkerd viz check` says: {error}.', {
    means: 'What is missing is missing on the way to who looks: {description}.',
  }),
};

export const tell = tells(findings);
