// What the API server trusts when it calls Linkerd: the bundles of the webhooks and of the tap API. Helm makes each of
// them a self-signed certificate for a year, so there the bundle is the served certificate itself
// (linkerd2 charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml genSelfSignedCert).
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { Happening } from '../../../core/moment.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { GetQuestion, ListQuestion } from '../../../core/question.ts';
import { failure, missedPart } from '../../kube/ask.ts';
import { mutatingWebhooks } from '../../kube/kinds.ts';
import { list, text } from '../../../model/kube/read.ts';
import { certificateMoments } from '../../../model/certificates/moments.ts';
import { certificateLine } from '../../../model/certificates/text.ts';
import { readCertificates, type Certificate } from '../../../model/certificates/x509.ts';
import { apiServices, validatingWebhooks } from './kinds.ts';

export type Served = {
  readonly kind: string;
  /** The name of the configuration object. */
  readonly name: string;
  readonly service: { readonly namespace: string; readonly name: string };
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** `undefined`: there is none. */
  readonly bundle: readonly Certificate[] | undefined;
  /** cert-manager or somebody else writes the bundle. */
  readonly kept: boolean;
  /** Condition Available of an APIService, when it is False. */
  readonly unavailable: string | undefined;
};
export type WebhookCertificates = { readonly all: readonly Served[]; readonly now: number };

/** Services of Linkerd and of viz that the API server calls. */
const OURS =
  /^(?:linkerd-(?:proxy-injector|sp-validator|policy-validator)|tap-injector|jaeger-injector|tap)$/;
const tapApi = 'v1alpha1.tap.linkerd.io';

export const webhookCertificates = fact({
  name: 'linkerd/webhook-certificates',
  asks: (_: object) => "the certificates of Linkerd's webhooks",
  byHand: () => kubectl`get mutatingwebhookconfigurations,validatingwebhookconfigurations -o yaml`,
  needs: [
    needs(['list'], 'mutatingwebhookconfigurations.admissionregistration.k8s.io', 'all'),
    needs(['list'], 'validatingwebhookconfigurations.admissionregistration.k8s.io', 'all'),
  ],
  timeoutMs: 8000,
  fetch: async (ports, _args, signal): Promise<Fetched<WebhookCertificates>> => {
    const asked: readonly ListQuestion[] = [
      { ask: 'list', resource: mutatingWebhooks },
      { ask: 'list', resource: validatingWebhooks },
    ];
    const replies = await Promise.all(asked.map((question) => ports.ask(question, signal)));
    const [first] = replies;
    const [question] = asked;
    if (first && question && !first.ok && !replies[1]?.ok) return failure(first, question);
    const missed = replies.flatMap((reply, i) => {
      const one = asked[i];
      return reply.ok || !one ? [] : [missedPart(one.resource.plural, reply, one)];
    });
    const items = replies.flatMap((reply) => (reply.ok ? reply.value.items : []));
    const all = items.flatMap((item) => list(item, 'webhooks').map((w) => readWebhook(item, w)));
    const ours = all.filter(({ service }) => OURS.test(service.name));
    return { ok: true, missed, value: { all: ours, now: ports.clock.now() } };
  },
  show: servedLines,
  moments: servedMoments,
});

export const tapCertificate = fact({
  name: 'linkerd/tap-certificate',
  asks: (_: object) => `the APIService ${tapApi}`,
  byHand: () => kubectl`get apiservice ${tapApi} -o yaml`,
  needs: [needs(['get'], 'apiservices.apiregistration.k8s.io', 'all', { names: [tapApi] })],
  timeoutMs: 8000,
  fetch: async (ports, _args, signal): Promise<Fetched<WebhookCertificates>> => {
    const question: GetQuestion = {
      ask: 'get',
      ref: { resource: apiServices, name: tapApi, namespace: undefined },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const { spec, status } = reply.value;
    const condition = list(status, 'conditions').find((c) => text(c, 'type') === 'Available');
    const down = text(condition, 'status') === 'False';
    const said = [text(condition, 'reason'), text(condition, 'message')];
    const one: Served = {
      ...readEntry(reply.value, spec, text(spec, 'caBundle')),
      unavailable: down ? said.filter((part) => part !== undefined).join(': ') : undefined,
    };
    return { ok: true, value: { all: [one], now: ports.clock.now() } };
  },
  show: servedLines,
  moments: servedMoments,
});

function readWebhook(item: KubeObject, entry: unknown): Served {
  const bundle = text(entry, 'clientConfig', 'caBundle');
  const { clientConfig } = entry as { clientConfig?: unknown };
  const failurePolicy = text(entry, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail';
  return { ...readEntry(item, clientConfig, bundle), failurePolicy };
}

function readEntry(item: KubeObject, from: unknown, bundle: string | undefined): Served {
  const { name, annotations = {} } = item.metadata;
  return {
    kind: item.kind,
    name,
    service: {
      namespace: text(from, 'service', 'namespace') ?? '',
      name: text(from, 'service', 'name') ?? '',
    },
    failurePolicy: 'Ignore',
    bundle: bundle ? readCertificates(Buffer.from(bundle, 'base64').toString()) : undefined,
    kept: Object.keys(annotations).some((key) => key.startsWith('cert-manager.io/inject-ca-from')),
    unavailable: undefined,
  };
}

function servedLines({ all, now }: WebhookCertificates): readonly string[] {
  const line = ({ name, bundle, unavailable }: Served) => {
    const [first] = bundle ?? [];
    const says = first ? certificateLine(first, now) : 'no readable bundle';
    return `${name}: ${says}${unavailable === undefined ? '' : `; not available: ${unavailable}`}`;
  };
  return all.length === 0 ? ['none of Linkerd'] : all.map(line);
}

function servedMoments({ all, now }: WebhookCertificates): readonly Happening[] {
  return all.flatMap(({ kind, name, bundle = [] }) =>
    certificateMoments(bundle, now, `the caBundle of ${kind} ${name}`),
  );
}
