// What decides injection, asked of the cluster: the webhook, what it serves, and what the injector said.
import { kubectl } from '../../../core/command.ts';
import { fact, needs, needsPort, type Fetched } from '../../../core/fact.ts';
import type { Happening } from '../../../core/moment.ts';
import type { ListQuestion, TlsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure, getObject } from '../../kube/ask.ts';
import { readEvents, type Event } from '../../kube/events.ts';
import { events, mutatingWebhooks, namespaces } from '../../kube/kinds.ts';
import { eventMoments } from '../../../model/kube/moments.ts';
import { readNamespace, type Namespace } from '../../kube/namespace.ts';
import { servedByHand } from '../../kube/served.ts';
import { webhookMoments } from '../../../model/kube/webhook.ts';
import { readCertificates, type Certificate } from '../../../model/certificates/x509.ts';
import { readWebhooks, type Webhook } from '../../../model/linkerd/inject/webhook.ts';

export type Injectors = {
  readonly webhooks: readonly Webhook[];
  /** When they were asked for: certificates and ages are judged by it. */
  readonly now: number;
  readonly moments?: readonly Happening[];
};

export const injectors = fact({
  name: 'linkerd/injectors',
  asks: (_: Record<string, never>) => 'the webhooks that inject Linkerd',
  byHand: () => kubectl`get mutatingwebhookconfigurations -o yaml`,
  needs: [needs(['list'], 'mutatingwebhookconfigurations.admissionregistration.k8s.io', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, _args, signal): Promise<Fetched<Injectors>> => {
    const question: ListQuestion = { ask: 'list', resource: mutatingWebhooks };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const webhooks = readWebhooks(reply.value.items);
    const moments = webhookMoments(reply.value.items, webhooks);
    return { ok: true, value: { webhooks, now: ports.clock.now(), moments } };
  },
  show: ({ webhooks }) => (webhooks.length === 0 ? ['none'] : webhooks.flatMap(webhookLines)),
  moments: ({ moments = [] }) => moments,
});

function webhookLines({ configuration, failurePolicy, caBundle }: Webhook): readonly string[] {
  return [
    `${configuration}: failurePolicy ${failurePolicy}`,
    ...readCertificates(caBundle).map((one) => `caBundle: ${certificateLine(one)}`),
  ];
}

/** Asks what kube/namespace asks; what is shown is what Linkerd reads of it. */
export const annotated = fact({
  name: 'linkerd/namespace',
  asks: ({ name }: { name: string }) => `the annotations of namespace ${name}`,
  byHand: ({ name }) => kubectl`get namespace ${name} -o yaml`,
  needs: [needs(['get'], 'namespaces', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { name }, signal): Promise<Fetched<Namespace>> => {
    const reply = await getObject(ports, namespaces, name, undefined, signal);
    if (reply.ok) return { ok: true, value: readNamespace(reply.value) };
    return failure(reply, { ask: 'get', ref: { resource: namespaces, name } });
  },
  show: ({ labels, annotations, annotated: set }) => {
    const mesh = (all: Readonly<Record<string, string>>, what: string) =>
      Object.entries(all)
        .filter(([key]) => key.includes('linkerd.io/') || key.includes('istio'))
        .map(([key, value]) => `${what} ${key}=${value}`);
    const lines = [...mesh(annotations, 'annotation'), ...mesh(labels, 'label')];
    if (lines.length === 0) return ['no annotation or label of a mesh'];
    const since = set ? [`linkerd.io/inject set by ${set.by}, ${at(set.at)} at the latest`] : [];
    return [...lines, ...since];
  },
  moments: ({ moments }) => moments,
});

export type ServedArgs = { readonly pod: PodRef; readonly serverName: string };

/** The port of linkerd2 charts/linkerd-control-plane/templates/proxy-injector.yaml, which no value moves. */
export const injectorPort = 8443;

export const served = fact({
  name: 'linkerd/injector-certificate',
  asks: ({ pod }: ServedArgs) => `the certificate that ${podText(pod)} serves`,
  byHand: ({ pod, serverName }) => servedByHand(pod, injectorPort, serverName),
  needs: [needsPort('mesh-root')],
  timeoutMs: 6000,
  fetch: async (ports, { pod, serverName }, signal): Promise<Fetched<readonly Certificate[]>> => {
    const question: TlsQuestion = { ask: 'tls', pod, port: injectorPort, serverName };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const answer = reply.value;
    if (answer.is === 'answered') {
      const chain = answer.chain.flatMap(readCertificates);
      if (chain.length > 0) return { ok: true, value: chain };
      return { ok: false, why: 'unreadable', detail: 'it serves no certificate' };
    }
    const detail = {
      silent: 'it accepts the connection and answers nothing',
      closed: 'nothing listens',
      refused: 'it aborts the TLS handshake',
    };
    return { ok: false, why: 'absent', detail: detail[answer.is] };
  },
  show: (chain) => chain.map(certificateLine),
});

export function certificateLine({ subject, names, from, until, fingerprint }: Certificate): string {
  const who = subject || names.join(', ') || 'no subject';
  return `${who}, ${at(from)} to ${at(until)}, SHA-256 ${fingerprint.slice(0, 23)}...`;
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

/** The injector tells the owner of each pod it was asked about what it did (linkerd2 controller/proxy-injector/webhook.go). */
export const injectorEvents = fact({
  name: 'linkerd/injector-events',
  asks: ({ namespace }: { namespace: string }) =>
    `what the injector reported about pods in ${namespace}`,
  byHand: ({ namespace }) => kubectl`get events -n ${namespace} --field-selector ${source}`,
  needs: [needs(['list'], 'events', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal): Promise<Fetched<readonly Event[]>> => {
    const question: ListQuestion = {
      ask: 'list',
      resource: events,
      namespace,
      fields: source,
      limit: 500,
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readEvents(reply.value.items) } : failure(reply, question);
  },
  show: (all) =>
    all.length === 0
      ? ['none']
      : all
          .slice(0, 5)
          .map((e) => `${e.last ?? ''} ${e.kind} ${e.object}: ${e.reason}: ${e.message}`),
  // What it did right is an event too.
  moments: (all) => eventMoments(all.filter(({ reason }) => reason !== 'Injected').slice(0, 10)),
});

const source = 'source=linkerd-proxy-injector';
