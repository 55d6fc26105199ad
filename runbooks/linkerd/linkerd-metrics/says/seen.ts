// What `linkerd-metrics` can say of proxies that are read: why there is no HTTP in what they count, and what else keeps
// figures from who looks for them.
import {
  cause,
  contributor,
  inspect,
  kubectl,
  linkerd,
  meshdoc,
  restartNamed,
} from '../../../../src/authoring.ts';

const again = (a: Readonly<Record<'target', string>>) =>
  meshdoc`diagnose linkerd-metrics ${a.target}`;

const place = ['namespace', 'kind', 'workload', 'target'] as const;
type Placed = Readonly<Record<(typeof place)[number], string>>;

/** `null` takes an annotation away. */
function annotate(
  a: Placed & { readonly key: string; readonly value: string; readonly before: string },
) {
  const patch = (value: string) => {
    const annotations = { [a.key]: value === '' ? null : value };
    const body = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    return kubectl`patch ${a.kind.toLowerCase()} ${a.workload} -n ${a.namespace} -p ${body}`;
  };
  return {
    does: `${a.value === '' ? 'Take' : 'Change'} the annotation ${a.key} ${a.value === '' ? 'off' : 'of'} ${a.kind.toLowerCase()}/${a.workload}`,
    run: patch(a.value),
    risk: 'restarts-pods' as const,
    touches: `every pod of ${a.kind.toLowerCase()}/${a.workload} in ${a.namespace}, one after another`,
    undo: { run: patch(a.before) },
    verify: again(a),
    note: 'Where the annotation stands on the namespace or the Service, change it there.',
  };
}

function fixes(
  a: Placed & { readonly key: string; readonly value: string; readonly before: string },
) {
  const own = kubectl`get pods -n ${a.namespace} -o yaml`;
  return a.kind === 'Pod' ? [inspect('See the annotation', own, again(a))] : [annotate(a)];
}

const slots = [...place, 'key', 'value', 'before'] as const;

const noHttp = {
  'opaque-port': cause(
    'Port {port} of {who} is marked opaque, so only its connections are counted.',
    {
      means:
        'The annotation {key} says {before}: the proxy passes the port on unread, and there are no requests, latencies or success rates.',
      reach: '{reach}',
      with: slots,
      fixes,
    },
  ),
  'skipped-port': cause('Port {port} of {who} is skipped: its traffic goes past the proxy.', {
    means: 'The annotation {key} says {before}. Of a skipped port the proxy sees nothing at all.',
    reach: '{reach}',
    with: slots,
    fixes,
  }),
  'own-tls': cause(
    'Port {port} of {who} speaks TLS of its own{sni}, which the proxy cannot read.',
    {
      means:
        'The proxy counts {connections} connections there and no request. Let the application speak plain HTTP and Linkerd do the TLS, or live with TCP metrics.',
      reach: '{reach}',
      with: ['namespace', 'name', 'target'],
      fixes: (a) => [
        inspect(
          'See which ports the application serves',
          kubectl`get pod ${a.name} -n ${a.namespace} -o yaml`,
          again(a),
        ),
      ],
    },
  ),
  'speaks-first': cause('A server of {who} waits for the client to listen: {line}.', {
    means:
      'The proxy waits ten seconds for the first bytes of a client; where the server speaks first none come. Each connection is ten seconds late and counted as TCP. Mark the port opaque.',
    reach: '{reach}',
    with: ['namespace', 'name', 'target'],
    fixes: (a) => [
      inspect(
        'See which port it is',
        kubectl`logs ${a.name} -n ${a.namespace} -c linkerd-proxy --tail=200`,
        again(a),
      ),
    ],
  }),
  'series-dropped': cause('The proxy of {who} counts requests, and {prometheus} keeps none.', {
    means:
      'It counts {requests} and is read without an error, so the job throws the series away: see its metric_relabel_configs, and the limits of samples.',
    reach: '{reach}',
    with: ['namespace', 'name', 'target'],
    fixes: (a) => [
      inspect(
        'See what the proxy counts',
        linkerd`diagnostics proxy-metrics -n ${a.namespace} po/${a.name}`,
        again(a),
      ),
    ],
  }),
  'callers-unmeshed': contributor('All who call {who} come without a proxy.', {
    means:
      'What they send is counted where it arrives; from their side, and who they are, there is nothing.',
  }),
};

const ofViewers = {
  'labels-dropped': cause('{prometheus} reads {who} and drops the label {missing} of its series.', {
    means:
      'linkerd-viz and the dashboards ask by namespace and pod, so they find nothing. The job lacks a relabelling that the one of linkerd-viz has.',
    reach: '{reach}',
    with: ['target'],
    fixes: (a) => [
      inspect(
        'Compare with the job of linkerd-viz',
        kubectl`get configmap prometheus-config -A -o yaml`,
        again(a),
      ),
    ],
  }),
  'scrapes-too-rare': contributor('{prometheus} reads the proxies every {interval}.', {
    means:
      '`linkerd viz stat` looks at the last minute, and a rate needs two readings within it: it shows nothing. Look at a longer time, or scrape more often.',
    with: ['namespace'],
    fixes: (a) => [
      inspect('Look at ten minutes', linkerd`viz stat deploy -n ${a.namespace} -t 10m`),
    ],
  }),
  'responses-pending': contributor('{who} has requests that have not ended yet.', {
    means:
      'Latency and success are counted when a response ends; of a stream that stays open there is neither.',
  }),
  'tap-missing': contributor('{who} was made before linkerd-viz: tap and top cannot see it.', {
    means: 'The figures of `stat` and of Prometheus do not need tap.',
    with: [...place],
    fixes: (a) => [restartNamed(a.kind, a.workload, a.namespace, again(a))],
  }),
  'tap-down': contributor('The API of tap is not available: {why}.', {
    means:
      '`linkerd viz tap` and `top` fail; the figures of `stat` and of Prometheus do not need it.',
    fixes: () => [
      inspect('See what answers for it', kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`),
    ],
  }),
  'viz-part-down': contributor('{part} of linkerd-viz is down: {why}.', {
    means: '{effect}',
    with: ['namespace', 'pod'],
    fixes: (a) => [inspect('See why', kubectl`describe pod ${a.pod} -n ${a.namespace}`)],
  }),
  'viewer-fails': cause('Prometheus has the metrics, and `linkerd viz check` says: {error}.', {
    means: 'What is missing is missing on the way to who looks: {description}.',
    fixes: () => [inspect('Run the check', linkerd`viz check`)],
  }),
};

export const ofWhatIsSeen = { ...noHttp, ...ofViewers };
