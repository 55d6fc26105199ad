// What `linkerd-metrics` can say of targets that Prometheus knows and cannot read: denied, blocked, or nobody answers.
import {
  cause,
  contributor,
  inspect,
  kubectl,
  meshdoc,
  restartNamed,
} from '../../../../src/authoring.ts';
import { allowNetwork, allowScrapes } from '../fixes.ts';

const again = (a: Readonly<Record<'target', string>>) =>
  meshdoc`diagnose linkerd-metrics ${a.target}`;

const sample = ['namespace', 'name', 'target'] as const;

const look = (a: Readonly<Record<(typeof sample)[number], string>>) =>
  inspect(
    'Read what the proxy says',
    kubectl`logs ${a.name} -n ${a.namespace} -c linkerd-proxy --tail=50`,
    again(a),
  );

export const ofScrape = {
  'scrape-denied': cause('The proxy of {who} refuses {prometheus}: 403, {gate}.', {
    means:
      'The admin port is under the policy of the pod like every other port. {reader} Requests of the application are not touched by this.',
    reach: '{reach}',
    with: ['namespace', 'server', 'account', 'target'],
    fixes: (a) => [
      allowScrapes({ namespace: a.namespace, server: a.server, account: a.account }, again(a)),
    ],
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
    reach: '{reach}',
    with: ['namespace', 'from', 'target'],
    fixes: (a) => [allowNetwork({ namespace: a.namespace, from: a.from, port: a.port }, again(a))],
  }),
  'scrape-unreachable': cause('{prometheus} gets no answer from the proxy of {who}: {error}.', {
    means:
      'No NetworkPolicy that could be read forbids it. {own} Left are policies of another kind, the network between the nodes, and a firewall.',
    reach: '{reach}',
    with: sample,
    fixes: (a) => [look(a)],
  }),
  'scrape-refused': cause('Nothing listens at the admin port of {who}: {error}.', {
    means:
      'The proxy has ended, or its admin port was moved and Prometheus asks the old one. {own}',
    reach: '{reach}',
    with: sample,
    fixes: (a) => [look(a)],
  }),
  'scrape-unreadable': cause('What {prometheus} gets from {who} are no metrics: {error}.', {
    means: 'Something other than the proxy answers there, or the answer breaks off.',
    reach: '{reach}',
    with: sample,
    fixes: (a) => [look(a)],
  }),
  'proxy-not-ready': cause('The proxy of {who} is not ready: {why}.', {
    means: 'It has no port open for Prometheus before it is ready, and carries no traffic either.',
    reach: '{reach}',
    with: [...sample],
    fixes: (a) => [look(a)],
  }),
  'no-identity': cause('The proxy of {who} gets no identity: {line}.', {
    means:
      'Without a certificate it is never ready: it carries no traffic, and Prometheus reads nothing.',
    reach: '{reach}',
    with: [...sample, 'first'],
    fixes: (a) => [look(a)],
    follow: { runbook: 'linkerd-identity', target: 'first' },
  }),
  'certificate-expired': cause('The certificate of the proxy of {who} ended {ago} ago.', {
    means:
      'No other proxy talks to it any more, a Prometheus that is meshed neither. A proxy renews it in time while the issuer works.',
    reach: '{reach}',
    with: [...sample, 'first', 'kind', 'workload'],
    fixes: (a) => [look(a), restartNamed(a.kind, a.workload, a.namespace, again(a))],
    follow: { runbook: 'linkerd-identity', target: 'first' },
  }),
};
