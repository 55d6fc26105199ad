// What the API server calls of Linkerd, and whether it trusts what answers there.
import {
  cite,
  inspect,
  kubectl,
  valueOf,
  type Answer,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { LinkerdControlPlane } from '../../../../src/facts/linkerd/control-plane.ts';
import {
  servedCertificate,
  type ProxyCertificate,
} from '../../../../src/facts/linkerd/identity/proxy-certificate.ts';
import {
  tapCertificate,
  webhookCertificates,
  type Served,
  type WebhookCertificates,
} from '../../../../src/facts/linkerd/identity/webhook-certificates.ts';
import { whenText } from '../../../../src/model/certificates/text.ts';
import { validity, whyUntrusted } from '../../../../src/model/certificates/trust.ts';
import { componentOf } from '../../../../src/model/linkerd/control-plane.ts';
import { installOf } from '../case.ts';
import { gathered, identityCheck, inPlane, type Gathered, type Input } from '../checks.ts';
import * as fixes from '../fixes.ts';
import { SOON_MS } from '../rules.ts';
import { tell } from '../says.ts';

export const webhooks = identityCheck({
  id: 'webhooks',
  asks: "Does the API server trust Linkerd's webhooks and the tap API?",
  why: 'Helm makes these certificates for one year, and nothing renews them.',
  rulesOut: 'expired webhook certificates',
  uses: [webhookCertificates, tapCertificate, servedCertificate],
  ...inPlane,
  gather: async (look, _, { mesh }): Promise<Webhooks> => {
    const plane = valueOf(mesh);
    const [all, tap, ...served] = await Promise.all([
      look(webhookCertificates, {}),
      look(tapCertificate, {}),
      ...(plane ? serversOf(plane) : []).map(async (server) => {
        const args = { pod: server.pod.ref, port: 8443, host: server.host };
        return { ...server, certificate: await look(servedCertificate, args) };
      }),
    ]);
    return { all, tap, served };
  },
  sees: gathered,
  judge: (got, seen, asked) => ofWebhooks(got, seen, asked),
});

export type Webhooks = Readonly<Record<'all' | 'tap', Answer<WebhookCertificates>>> & {
  /** What pods serve. */
  readonly served: readonly Serving[];
};
type Server = { readonly pod: Pod; readonly configuration: string; readonly host: string };
type Serving = Server & { readonly certificate: Answer<ProxyCertificate> };

/** Pods that answer the API server at 8443 (linkerd2 templates/proxy-injector.yaml, destination.yaml sp-validator). */
function serversOf(plane: LinkerdControlPlane): readonly Server[] {
  const parts = [
    ['proxy-injector', 'linkerd-proxy-injector'],
    ['destination', 'linkerd-sp-validator'],
  ] as const;
  return parts.flatMap(([component, service]) => {
    const pod = componentOf(plane, component)?.pods.find(({ ready }) => ready);
    const configuration = `${service}-webhook-config`;
    return pod ? [{ pod, configuration, host: `${service}.${plane.namespace}.svc` }] : [];
  });
}

export function ofWebhooks(got: Webhooks, seen: Gathered, asked: Input): readonly Found[] {
  const trusted = [got.all, got.tap].flatMap((from) =>
    from.kind === 'known' ? from.value.all.map((one) => ({ one, from })) : [],
  );
  if (trusted.length === 0) return [];
  const install = installOf(seen, asked);
  return [
    ...trusted.flatMap(({ one, from }) => ofBundle(one, from, install)),
    ...got.served.flatMap((one) => ofServed(one, got, install)),
  ];
}

function ofBundle(
  one: Served,
  from: Known<WebhookCertificates>,
  install: fixes.Install,
): readonly Found[] {
  const { kind, name, unavailable: line, bundle = [], kept } = one;
  const { now } = from.value;
  const effect = effectOf(one);
  const rest = { from: [from], fixes: fixes.newWebhookCertificate(one, install) } as const;
  const api = kubectl`get apiservice v1alpha1.tap.linkerd.io -o yaml`;
  const see = inspect('Read the conditions of the APIService', api, install.verify);
  const down =
    line === undefined ? [] : [tell('tap-unavailable', { line }, { from: [from], fixes: [see] })];
  const [last] = bundle.toSorted((a, b) => b.until - a.until);
  if (!last) return [...down, tell('webhook-no-bundle', { kind, name, effect }, rest)];
  const slots = { kind, name, effect, when: whenText(last.until, now) };
  const state = validity(last, now, SOON_MS);
  if (state === 'expired') return [...down, tell('webhook-expired', slots, rest)];
  return state === 'soon' && !kept ? [...down, tell('webhook-ends-soon', slots, rest)] : down;
}

/** Who is affected: each webhook has its own task and its own way to fail. */
function effectOf({ service: { name }, failurePolicy }: Served): string {
  if (name === 'tap') return 'linkerd viz tap and top do not work; metrics and traffic do.';
  return (
    effects[name]?.[failurePolicy] ??
    'New pods are created without what it adds (tap); metrics and traffic are not affected.'
  );
}

const effects: Readonly<Record<string, Readonly<Record<Served['failurePolicy'], string>>>> = {
  'linkerd-proxy-injector': {
    Fail: 'No pod can be created in injected namespaces; running pods are not affected.',
    Ignore:
      'New pods are created without a proxy, and nothing reports it; running pods are not affected.',
  },
  'linkerd-sp-validator': {
    Fail: 'ServiceProfiles can be neither created nor changed; traffic is not affected.',
    Ignore: 'ServiceProfiles are accepted without validation; traffic is not affected.',
  },
  'linkerd-policy-validator': {
    Fail: "Linkerd's policies and routes can be neither created nor changed; traffic is not affected.",
    Ignore:
      "Linkerd's policies and routes are accepted without validation; traffic is not affected.",
  },
};

/** What the pod serves, compared with what the API server trusts. */
function ofServed(
  { pod, configuration: name, host, certificate }: Serving,
  { all, tap }: Webhooks,
  install: fixes.Install,
): readonly Found[] {
  const known = [all, tap].flatMap((answer) => valueOf(answer)?.all ?? []);
  const trusted = known.find((one) => one.name === name);
  const found = valueOf(certificate);
  if (!trusted || found?.is !== 'presented' || certificate.kind !== 'known') return [];
  // An expired or missing bundle is a finding of its own.
  const anchors = (trusted.bundle ?? []).filter(({ until }) => until >= found.now);
  const why = anchors.length > 0 ? whyUntrusted(found, { host, anchors }) : undefined;
  if (why === undefined) return [];
  const slots = { pod: pod.ref, name, why, effect: effectOf(trusted) };
  const rest = { from: cite(certificate, all, tap), fixes: [fixes.restartServer(pod, install)] };
  return [tell('webhook-untrusted', slots, rest)];
}
