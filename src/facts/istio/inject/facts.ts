// What decides injection, asked of the cluster: the webhooks, how each revision injects, and what answers them.
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { Happening } from '../../../core/moment.ts';
import type { GetQuestion, ListQuestion } from '../../../core/question.ts';
import { failure, getObject } from '../../kube/ask.ts';
import { configMaps, mutatingWebhooks } from '../../kube/kinds.ts';
import { at, text } from '../../../model/kube/read.ts';
import { webhookMoments } from '../../../model/kube/webhook.ts';
import { readCertificates, type Certificate } from '../../../model/certificates/x509.ts';
import {
  proxyTagOf,
  readInjectorConfig,
  type InjectorConfig,
} from '../../../model/istio/inject/required.ts';
import {
  injectorConfigName,
  readWebhooks,
  type Webhook,
} from '../../../model/istio/inject/webhook.ts';

export type Injectors = {
  readonly webhooks: readonly Webhook[];
  /** When they were asked for: certificates are judged by it. */
  readonly now: number;
  readonly moments?: readonly Happening[];
};

export const injectors = fact({
  name: 'istio/injectors',
  asks: (_: Record<string, never>) => 'the webhooks that inject sidecars',
  byHand: () => kubectl`get mutatingwebhookconfigurations -L istio.io/rev,istio.io/tag`,
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
  show: ({ webhooks }) =>
    webhooks.length === 0 ? ['none'] : [...new Set(webhooks.map(webhookLine))],
  moments: ({ moments = [] }) => moments,
});

function webhookLine({ configuration, revision, tag, failurePolicy }: Webhook): string {
  const stands = tag === undefined ? '' : `, tag ${tag}`;
  return `${configuration}: revision ${revision}${stands}, failurePolicy ${failurePolicy}`;
}

export type ConfigArgs = { readonly root: string; readonly revision: string };
export type InjectorOf = {
  readonly revision: string;
  readonly config: InjectorConfig;
  /** Of the proxy image that new pods get. */
  readonly proxyTag: string | undefined;
};

export const injectorConfig = fact({
  name: 'istio/injector-config',
  asks: ({ revision, root }: ConfigArgs) => `how revision ${revision} injects, in ${root}`,
  byHand: ({ revision, root }) =>
    kubectl`get configmap ${injectorConfigName(revision)} -n ${root} -o jsonpath={.data.config}`,
  needs: [needs(['get'], 'configmaps', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { root, revision }, signal): Promise<Fetched<InjectorOf>> => {
    const name = injectorConfigName(revision);
    const reply = await getObject(ports, configMaps, name, root, signal);
    const question: GetQuestion = {
      ask: 'get',
      ref: { resource: configMaps, name, namespace: root },
    };
    if (!reply.ok) return failure(reply, question);
    const config = readInjectorConfig(text(reply.value, 'data', 'config') ?? '');
    const proxyTag = proxyTagOf(text(reply.value, 'data', 'values') ?? '');
    return config
      ? { ok: true, value: { revision, config, proxyTag } }
      : {
          ok: false,
          why: 'unreadable',
          detail: `ConfigMap ${name} has no config that can be read`,
        };
  },
  show: ({ config, proxyTag }) => [
    ...(proxyTag === undefined ? [] : [`proxy image tag: ${proxyTag}`]),
    `policy: ${config.policy || 'none'}`,
    ...config.never.map((s) => `neverInjectSelector: ${JSON.stringify(s)}`),
    ...config.always.map((s) => `alwaysInjectSelector: ${JSON.stringify(s)}`),
  ],
});

const rootName = 'istio-ca-root-cert';

/** The root that workloads of a namespace trust; istiod writes it into every namespace. */
export const meshRoot = fact({
  name: 'istio/root-certificate',
  asks: ({ namespace }: { namespace: string }) => `the mesh's root certificate in ${namespace}`,
  byHand: ({ namespace }) =>
    kubectl`get configmap ${rootName} -n ${namespace} -o ${'jsonpath={.data.root-cert\\.pem}'}`,
  needs: [needs(['get'], 'configmaps', 'target', { names: [rootName] })],
  timeoutMs: 8000,
  fetch: async (ports, { namespace }, signal): Promise<Fetched<readonly Certificate[]>> => {
    const reply = await getObject(ports, configMaps, rootName, namespace, signal);
    const ref = { resource: configMaps, name: rootName, namespace };
    if (!reply.ok) return failure(reply, { ask: 'get', ref });
    const pem = at(reply.value, 'data', 'root-cert.pem');
    return { ok: true, value: readCertificates(typeof pem === 'string' ? pem : '') };
  },
  show: (all) => all.map(certificateLine),
});

export function certificateLine({ subject, until, fingerprint }: Certificate): string {
  const end = new Date(until).toISOString();
  return `${subject || 'no subject'}, until ${end}, SHA-256 ${fingerprint.slice(0, 23)}...`;
}
