// The DestinationRules that a caller's sidecar may use for a Service: one that sets `tls` can remove the caller's
// identity (istio pilot/pkg/networking/core/cluster_traffic_policy.go).
import { inEach, kubectl } from '../../core/command.ts';
import { fact, needs, type Missed } from '../../core/fact.ts';
import type { KubeObject } from '../../core/object.ts';
import type { ListQuestion } from '../../core/question.ts';
import { listed } from '../../core/text.ts';
import { missedPart } from '../kube/ask.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { changes } from '../../model/kube/moments.ts';
import { list, number, record, text } from '../../model/kube/read.ts';
import { readDestinationRule, rulesFor } from '../../model/istio/effect/destination-rule.ts';
import { serviceHost } from '../../model/istio/effect/host-name.ts';
import type { Scene } from '../../model/istio/effect/scene.ts';
import { destinationRules } from './kinds.ts';
import { ifServed } from '../mesh/served.ts';

/** The caller's namespace, the Service's, the root. */
export type ClientRulesArgs = { readonly namespaces: readonly string[] };
export type ClientRules = {
  readonly rules: readonly KubeObject[];
  readonly unseen: readonly string[];
};

export const clientRules = fact({
  name: 'istio/client-rules',
  asks: ({ namespaces }: ClientRulesArgs) =>
    `DestinationRules in ${Array.isArray(namespaces) ? listed([...new Set(namespaces)]) : String(namespaces)}`,
  byHand: ({ namespaces }) =>
    inEach(namespaces, (one) => kubectl`get destinationrules -n ${one} -o yaml`),
  // A caller found in a log may be in any namespace.
  needs: [needs(['list'], 'destinationrules.networking.istio.io', 'all')],
  timeoutMs: 8000,
  fetch: async (ports, { namespaces }, signal) => {
    const replies = await Promise.all(
      [...new Set(namespaces)].map(async (namespace) => {
        const question: ListQuestion = { ask: 'list', resource: destinationRules, namespace };
        const reply = await ports.ask(question, signal);
        return { namespace, question, reply: await ifServed(ports, question, reply, signal) };
      }),
    );
    const rules = replies.flatMap(({ reply }) => (reply.ok ? reply.value.items : []));
    const failed = replies.flatMap(({ namespace, question, reply }) =>
      reply.ok || reply.why === 'absent'
        ? []
        : [{ namespace, missed: missedPart(`destinationrules in ${namespace}`, reply, question) }],
    );
    const missed: readonly Missed[] = failed.map((f) => f.missed);
    return { ok: true, value: { rules, unseen: failed.map((f) => f.namespace) }, missed };
  },
  show: ({ rules }) =>
    rules.length === 0
      ? ['none']
      : rules.map(({ metadata, spec }) => {
          const tls = text(spec, 'trafficPolicy', 'tls', 'mode');
          const host = text(spec, 'host') ?? '';
          return `${metadata.namespace ?? ''}/${metadata.name} for ${host}${tls === undefined ? '' : `: tls ${tls}`}`;
        }),
  moments: ({ rules }) => rules.flatMap(changes),
});

export type TlsRule = {
  readonly mode: string;
  readonly rule: { readonly namespace: string; readonly name: string };
};

/** The `tls` that a caller's DestinationRule sets for a port of a Service, if one does. */
export function tlsOf(
  all: readonly KubeObject[],
  caller: { readonly namespace: string; readonly labels: Labels },
  service: { readonly namespace: string; readonly name: string },
  port: number | undefined,
  mesh: { readonly root: string; readonly clusterDomain: string },
): TlsRule | undefined {
  const scene: Scene = {
    pod: { ...caller, name: '' },
    rootNamespace: mesh.root,
    clusterDomain: mesh.clusterDomain,
    services: [],
    servicesKnownIn: [],
    virtualServices: [],
    destinationRules: all,
    serviceEntries: [],
    sidecars: [],
    gateways: [],
  };
  const host = serviceHost(service.name, service.namespace, mesh.clusterDomain);
  const read = all.map((object) => readDestinationRule(object, scene));
  for (const { object, namespace, name } of rulesFor(read, host, service.namespace, scene)) {
    const policy = record(object.spec, 'trafficPolicy');
    const own = list(policy, 'portLevelSettings').find((s) => number(s, 'port', 'number') === port);
    // A port's own settings replace the whole of the rule's: networking/v1alpha3 destination_rule.proto.
    const mode = own ? text(own, 'tls', 'mode') : text(policy, 'tls', 'mode');
    if (mode !== undefined) return { mode, rule: { namespace, name } };
  }
  return undefined;
}
