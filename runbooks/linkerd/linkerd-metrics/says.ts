// What `linkerd-metrics` can say: where the metrics get lost, and who or what is to blame.
import { cause, contributor, symptom, tells } from '../../../src/authoring.ts';

import * as labels from '../../shared/linkerd/setting-labels.ts';

export const findings = {
  // Who should be scraped, and who should scrape: proxies, linkerd-viz, Prometheus, its jobs.
  'not-injected': cause('{who} {have} no Linkerd proxy, so Linkerd measures nothing there.', {
    means: 'Only the proxy of a pod produces Linkerd metrics. {others}',
    follow: { runbook: 'linkerd-injection' },
  }),
  'no-prometheus': cause(
    'The cluster has no known Prometheus that could scrape the proxies of {place}.',
    {
      means:
        'It has no pod of linkerd-viz or of another known Prometheus. If yours runs outside the cluster, give its address with --prometheus.',
    },
  ),
  'viz-label-lost': cause(
    'Namespace {namespace} runs linkerd-viz but lacks the label linkerd.io/extension=viz.',
    {
      means:
        '`linkerd viz` finds linkerd-viz only by this label; without it, every command says that viz is not installed.',
    },
  ),
  'viz-doubled': cause(
    'Namespace {namespace} has the label linkerd.io/extension=viz but no viz pods.',
    {
      means:
        '{count} have this label. `linkerd viz` uses the first one it gets, and finds nothing there.',
    },
  ),
  'viz-out-of-memory': cause(
    'The Prometheus of linkerd-viz is down: container {container} was OOMKilled (out of memory), now {why}.',
    { means: 'While it is down, nothing scrapes the proxies. {grows}' },
  ),
  'viz-down': cause('{workload} of linkerd-viz is down: {why}.', { means: '{effect}' }),
  'history-lost': contributor(
    'The Prometheus of linkerd-viz was OOMKilled (out of memory) and runs again.',
    {
      means:
        'Metrics are missing for the time it was down. Its default volume is an emptyDir: a new pod loses all earlier metrics too.',
    },
  ),
  'prometheus-url-wrong': cause('linkerd-viz reads {url}, but that Service does not exist.', {
    means:
      'metrics-api gets every figure from that address, so viewers show nothing, whatever Prometheus has.',
  }),
  'prometheus-starting': symptom(
    '{prometheus} started {age} ago and has not discovered {who} yet.',
    {
      means:
        'In its first half minute it does not list all jobs and targets, so a missing target proves nothing. Run meshdoc again.',
    },
  ),
  'no-job': cause('{prometheus} has no job that scrapes Linkerd proxies.', {
    means:
      'It needs a job for the pod port linkerd-admin, from linkerd-viz or the PodMonitor of the Linkerd chart; its jobs are: {jobs}. {operator}',
  }),
  'job-empty': cause('{prometheus} has the job {pool}, but that job has no target.', {
    means:
      'Its discovery finds no pod, or its relabelling drops every pod: often a keep rule whose regular expression no longer matches the namespace or the port name linkerd-admin (linkerd2 issue 10086). The page /service-discovery of Prometheus shows what is dropped.',
    avoid: 'Do not install another Prometheus or job: this one is there.',
  }),
  'monitor-ignored': cause('PodMonitor {monitor}: no Prometheus selects it; {reason}.', {
    means: 'The PodMonitor itself is right, but nothing uses it, so no proxy is a scrape target.',
  }),
  undiscovered: cause('{prometheus} has no target for {who}: {reason}.', {
    means: 'It scrapes other proxies, so its job exists but leaves these pods out.',
  }),

  // Targets that Prometheus knows and cannot scrape: denied, blocked, or no answer.
  'scrape-denied': cause('{gate}: the proxy of {who} denies {prometheus} (HTTP 403).', {
    means:
      'Linkerd policy covers the admin port too; this denial stops scrapes, not application requests. {reader}',
  }),
  'server-unresolved': contributor(
    'The proxy of {who} ({version}) is older than edge-25.6.3: Server {server}, for port name linkerd-admin, does not match its native sidecar.',
    {
      means:
        'The Server exists, but the default policy stays in force (linkerd2 issue 14103). A Server with port number 4191 works.',
    },
  ),
  'scrape-plaintext': cause(
    '{prometheus} connects to the proxy of {who} without its identity, and gets 403.',
    {
      means:
        'The policies are right: {by} allows it with its identity. A connection that its proxy opened before the pod was ready stays plaintext, and Prometheus uses it again for every scrape (linkerd2 issue 13865).',
      avoid: 'Do not add another policy: what is there already allows this Prometheus.',
    },
  ),
  'scrape-denied-otherwise': cause(
    'The proxy of {who} denies {prometheus} (HTTP 403), although {by} allows it.',
    {
      means:
        'The proxy decides by what the policy controller sent last, or the connection carries no identity. {logged}',
    },
  ),
  'scrape-blocked': cause('{resource} {block} {prometheus} from the proxy of {who}.', {
    means: 'The scrape of port {port} fails: {error}.',
  }),
  'scrape-unreachable': cause('{prometheus} gets no metrics from the proxy of {who}: {error}.', {
    means: '{own}',
  }),
  'scrape-refused': cause('The proxy of {who} does not listen on the admin port: {error}.', {
    means:
      'The proxy has stopped, or its admin port was changed and Prometheus still scrapes the old one. {own}',
  }),
  'scrape-unreadable': cause(
    'The admin port of {who} returns no valid metrics to {prometheus}: {error}.',
    { means: 'Something other than the proxy answers there, or the answer is cut off.' },
  ),
  'proxy-not-ready': cause('The proxy of {who} is not ready (container state: {why}).', {
    means: 'Until it is ready, it opens no port for Prometheus and carries no traffic.',
  }),
  'no-identity': cause('The proxy of {who} gets no identity: {line}.', {
    means:
      'Without a certificate the proxy never becomes ready: it carries no traffic, and Prometheus cannot scrape it.',
    follow: { runbook: 'linkerd-identity' },
  }),
  'certificate-expired': cause('The proxy certificate of {who} expired {ago} ago.', {
    means:
      'Other proxies no longer talk to it, nor does a meshed Prometheus. A proxy renews its certificate in time as long as the issuer works.',
    follow: { runbook: 'linkerd-identity' },
  }),

  // Proxies that are scraped, and there is no HTTP in what they count.
  'opaque-port': cause(
    'Annotation {key}={before} makes port {port} of {who} opaque, so only its connections are counted.',
    {
      means:
        'The proxy does not read the traffic of an opaque port, so there are no requests, latencies or success rates.',
    },
  ),
  'skipped-port': cause(
    'Annotation {key}={before} makes traffic to port {port} of {who} bypass the proxy.',
    { means: 'The proxy sees nothing of a skipped port, so it has no metrics for it.' },
  ),
  'own-tls': cause(
    'The application in {who} uses its own TLS on port {port}{sni}, which the proxy cannot read.',
    {
      means:
        'The proxy counts {connections} connections there and no requests. Let the application speak plain HTTP and Linkerd do the TLS, or accept TCP metrics only.',
    },
  ),
  'speaks-first': cause(
    'A server in {who} speaks before its client, so protocol detection times out: {line}.',
    {
      means:
        "The proxy waits ten seconds for the client's first bytes, but the client waits for the server. Each connection starts ten seconds late and counts as TCP: mark the port opaque.",
    },
  ),
  ...labels.findings,
  'series-dropped': cause(
    '{prometheus} keeps no request metrics of {who}, although the proxy counts {requests}.',
    {
      means:
        'The scrape works, so the job discards the series: check its metric_relabel_configs and its sample limits.',
    },
  ),
  'callers-unmeshed': contributor('All requests to {who} come from callers without a proxy.', {
    means:
      'Linkerd counts them where they arrive, but has no metrics from the callers and does not know who they are.',
  }),

  // What else keeps figures from their viewers.
  'labels-dropped': cause('{prometheus} scrapes {who} but drops {missing} from its series.', {
    means:
      'linkerd-viz and the dashboards query by namespace and pod, so they find nothing. The job lacks a relabelling that the linkerd-viz job has.',
  }),
  'scrapes-too-rare': contributor('{prometheus} scrapes the proxies only every {interval}.', {
    means:
      '`linkerd viz stat` looks at the last minute, and a rate needs two scrapes in it, so it shows nothing. Use a longer time window, or scrape more often.',
  }),
  'scrape-old': symptom('{prometheus} last scraped {who} {age} ago.', {
    means:
      'Its figures are as old as that, although the target counts as up: Prometheus hangs, or a clock is wrong.',
  }),
  'responses-pending': contributor(
    '{prometheus} has requests of {who}, but no completed response.',
    {
      means:
        'Linkerd counts latency and success when a response completes; a stream that stays open has neither.',
    },
  ),
  'tap-missing': contributor('The proxy of {who} was created before linkerd-viz and has no tap.', {
    means: '`linkerd viz tap` and `top` cannot see it; `stat` and Prometheus do not need tap.',
  }),
  'tap-down': contributor('The tap API is not available: {why}.', {
    means: '`linkerd viz tap` and `top` fail; `stat` and Prometheus do not need tap.',
  }),
  'viz-unmeshed': cause(
    '{parts} of linkerd-viz {have} no proxy, although its Prometheus has one.',
    {
      means:
        'By default Server prometheus-admin of linkerd-viz lets in only callers with a proxy, so `linkerd viz` and the dashboard get no figures. They were created while nothing injected: new pods get a proxy.',
    },
  ),
  'viz-part-down': contributor('{workload} of linkerd-viz is down: {why}.', { means: '{effect}' }),
  'viewer-fails': cause(
    '`linkerd viz check` fails, although Prometheus has the metrics: {error}.',
    {
      means:
        'The metrics get lost between Prometheus and the viewer; the failed check is: {description}.',
    },
  ),
};

export const tell = tells(findings);
