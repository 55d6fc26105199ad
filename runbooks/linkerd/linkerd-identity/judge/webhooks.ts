// What the API server calls of Linkerd, and whether it trusts what answers there.
import { cite, valueOf, type Answer, type Found, type Known } from '../../../../src/authoring.ts';
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
  asks: 'Does the API server trust what it calls of Linkerd?',
  why: 'Helm makes these certificates for a year, and nobody renews them.',
  rulesOut: 'certificates of webhooks that ended',
  uses: [webhookCertificates, tapCertificate, servedCertificate],
  ...inPlane,
  gather: async (look, _, { mesh }): Promise<Webhooks> => {
    const plane = valueOf(mesh);
    const [all, tap, ...served] = await Promise.all([
      look(webhookCertificates, {}),
      look(tapCertificate, {}),
      ...(plane ? serversOf(plane) : []).map(async ({ pod, configuration, host }) => {
        const certificate = await look(servedCertificate, { pod: pod.ref, port: 8443, host });
        return { pod, configuration, host, certificate };
      }),
    ]);
    return { all, tap, served };
  },
  sees: gathered,
  judge: (got, seen, asked) => ofWebhooks(got, seen, asked),
});

export type Webhooks = {
  readonly all: Answer<WebhookCertificates>;
  readonly tap: Answer<WebhookCertificates>;
  /** What pods serve. */
  readonly served: readonly {
    readonly pod: Pod;
    readonly configuration: string;
    readonly host: string;
    readonly certificate: Answer<ProxyCertificate>;
  }[];
};

/** Pods that answer the API server at 8443 (linkerd2 templates/proxy-injector.yaml, destination.yaml sp-validator). */
function serversOf(plane: LinkerdControlPlane) {
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
  const bundles = [got.all, got.tap].flatMap((answer) =>
    answer.kind === 'known'
      ? answer.value.all.flatMap((one) => ofBundle(one, answer, installOf(seen, asked)))
      : [],
  );
  return [...bundles, ...got.served.flatMap((one) => ofServed(one, got, seen, asked))];
}

function ofBundle(
  one: Served,
  from: Known<WebhookCertificates>,
  install: fixes.Install,
): readonly Found[] {
  const { name, unavailable: line } = one;
  const { now } = from.value;
  const effect = effectOf(one);
  const rest = { from: [from], fixes: fixes.newWebhookCertificate(one, install) } as const;
  const down =
    line === undefined
      ? []
      : [tell('tap-unavailable', { line }, { from: [from], fixes: [fixes.seeTap(install)] })];
  const [last] = (one.bundle ?? []).toSorted((a, b) => b.until - a.until);
  if (!last) return [...down, tell('webhook-no-bundle', { name, effect }, rest)];
  const slots = { name, effect, when: whenText(last.until, now) };
  const state = validity(last, now, SOON_MS);
  if (state === 'expired') return [...down, tell('webhook-expired', slots, rest)];
  return state === 'soon' && !one.kept ? [...down, tell('webhook-ends-soon', slots, rest)] : down;
}

/** Who is affected: each webhook has a part of its own. */
function effectOf({ service, failurePolicy }: Served): string {
  const fails = failurePolicy === 'Fail';
  switch (service.name) {
    case 'linkerd-proxy-injector':
      return fails
        ? 'No pod can be created in namespaces that are injected. What runs goes on.'
        : 'New pods are created without a proxy, and nothing says so. What runs goes on.';
    case 'linkerd-sp-validator':
      return fails
        ? 'ServiceProfiles can be neither created nor changed. Traffic goes on.'
        : 'ServiceProfiles are taken unchecked. Traffic goes on.';
    case 'linkerd-policy-validator':
      return fails
        ? "Linkerd's policies and routes can be neither created nor changed. Traffic goes on."
        : "Linkerd's policies and routes are taken unchecked. Traffic goes on.";
    case 'tap':
      return 'linkerd viz tap and top do not work. Metrics and traffic go on.';
    default:
      return 'New pods are created without what it adds (tap). Metrics and traffic go on.';
  }
}

/** What the pod serves, held against what the API server trusts. */
function ofServed(
  { pod, configuration: name, host, certificate }: Webhooks['served'][number],
  { all, tap }: Webhooks,
  seen: Gathered,
  asked: Input,
): readonly Found[] {
  const known = [...(valueOf(all)?.all ?? []), ...(valueOf(tap)?.all ?? [])];
  const trusted = known.find((one) => one.name === name);
  const found = valueOf(certificate);
  if (!trusted || found?.is !== 'presented' || certificate.kind !== 'known') return [];
  // A bundle that ended, or that is none, is said of the bundle.
  const anchors = (trusted.bundle ?? []).filter(({ until }) => until >= found.now);
  const why = anchors.length > 0 ? whyUntrusted(found, { host, anchors }) : undefined;
  if (why === undefined) return [];
  const slots = { pod: pod.ref, name, why, effect: effectOf(trusted) };
  const mend = [fixes.restartServer(pod, installOf(seen, asked))];
  return [tell('webhook-untrusted', slots, { from: cite(certificate, all, tap), fixes: mend })];
}
