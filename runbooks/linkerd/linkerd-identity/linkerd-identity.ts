// Certificates of a Linkerd mesh, without reading a Secret: the anchors, the issuer, what each proxy presents, and what the
// API server trusts. What it can say is in linkerd-identity.findings.ts, how it concludes in linkerd-identity.judge-*.ts.
import {
  clear,
  defineRunbook,
  input,
  skip,
  valueOf,
  type Answer,
  type Place,
  withOwn,
} from '../../../src/authoring.ts';
import { linkerdCheck } from '../../../src/facts/linkerd/check.ts';
import {
  linkerdControlPlane,
  type LinkerdControlPlane,
} from '../../../src/facts/linkerd/control-plane.ts';
import { componentOf } from '../../../src/model/linkerd/control-plane.ts';
import { identityEvents, identityLog } from '../../../src/facts/linkerd/identity/identity-log.ts';
import { runningIssuer } from '../../../src/facts/linkerd/identity/identity-metric.ts';
import { managed } from '../../../src/facts/linkerd/identity/managed.ts';
import { identityOf, meshedPods } from '../../../src/facts/linkerd/identity/meshed-pods.ts';
import {
  proxyCertificate,
  servedCertificate,
} from '../../../src/facts/linkerd/identity/proxy-certificate.ts';
import { identityTrouble } from '../../../src/facts/linkerd/identity/proxy-log.ts';
import { sample } from './sample.ts';
import { trustRoots } from '../../../src/facts/linkerd/identity/trust-roots.ts';
import {
  tapCertificate,
  webhookCertificates,
} from '../../../src/facts/linkerd/identity/webhook-certificates.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { policiesBetween } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import * as ofIssuer from './judge/issuer.ts';
import * as ofProxies from './judge/proxies.ts';
import * as ofWebhooks from './judge/webhooks.ts';
import { calmText } from './view.ts';

const noLinkerd = 'there is no Linkerd control plane';

export default defineRunbook({
  id: 'linkerd-identity',
  mesh: 'linkerd',
  aliases: ['linkerd-certificates', 'linkerd-certs'],
  title: 'Certificates of Linkerd',
  symptom:
    'Meshed pods do not get ready, connections between them fail, or linkerd check names a certificate.',
  words: ['certificate expired', 'TLS handshake', 'trust anchor', 'issuer', 'x509', 'mTLS broken'],
  input: { target: input.anywhere('a pod, workload or namespace whose proxies to look at') },
  findings,
  detect,
})
  .step('mesh', {
    asks: 'Where is the control plane, and how was it installed?',
    why: 'Whoever installed the issuer is who replaces it.',
    uses: [linkerdControlPlane],
    gather: (look, { linkerd }) => look(linkerdControlPlane, { named: linkerd }),
    judge: (got) => (got.kind === 'absent' ? skip(noLinkerd) : undefined),
  })
  .step('anchors', {
    asks: 'What does the mesh trust?',
    why: 'Everything hangs on the anchors; linkerd-identity does not sign without one that is valid.',
    uses: [trustRoots],
    after: ['mesh'],
    when: ({ mesh }) => rootOf(mesh) !== undefined || skip(noLinkerd),
    gather: (look, _, { mesh }) => look(trustRoots, { root: rootOf(mesh) ?? '' }),
    judge: () => undefined,
  })
  .step('pods', {
    asks: 'Which pods are in the mesh, and which anchors do they hold?',
    why: 'A pod keeps the anchors of the day it was created.',
    uses: [meshedPods],
    after: ['mesh'],
    when: ({ mesh }) => rootOf(mesh) !== undefined || skip(noLinkerd),
    gather: (look, { target }, { mesh }) =>
      look(meshedPods, { root: rootOf(mesh) ?? '', namespace: namespaceOf(target) }),
    judge: () => undefined,
  })
  .step('service', {
    asks: 'Does linkerd-identity run, and what does it sign with?',
    why: 'What it holds in memory need not be what is configured.',
    uses: [runningIssuer, identityLog, identityEvents, managed],
    after: ['mesh'],
    when: ({ mesh }) => rootOf(mesh) !== undefined || skip(noLinkerd),
    gather: async (look, _, { mesh }) => {
      const root = rootOf(mesh) ?? '';
      const pods = identityPods(valueOf(mesh));
      const [events, kept, metrics, logs] = await Promise.all([
        look(identityEvents, { root }),
        look(managed, { root }),
        Promise.all(pods.filter(runs).map(({ ref }) => look(runningIssuer, { pod: ref }))),
        Promise.all(
          pods
            .filter(hasLog)
            .map((pod) => look(identityLog, { pod: pod.ref, previous: !runs(pod) })),
        ),
      ]);
      return { events, managed: kept, metrics, logs };
    },
    judge: () => undefined,
  })
  .step('proxies', {
    asks: 'What certificate does each proxy present?',
    why: 'A handshake shows the leaf and its issuer, and no Secret is read for it.',
    uses: [proxyCertificate, identityTrouble, policiesBetween],
    after: ['mesh', 'pods'],
    gather: (look, { target }, { mesh, pods }) => {
      const identity = identityPods(valueOf(mesh));
      const to = identity.map(({ ref, labels, ip }) => ({ namespace: ref.namespace, labels, ip }));
      const toNamespace = rootOf(mesh) ?? '';
      return Promise.all(
        sample(valueOf(pods)?.pods ?? [], target).map(async (pod) => {
          const { ref, labels, ip } = pod;
          const name = identityOf(pod) ?? '';
          const certificate = await look(proxyCertificate, {
            ...{ pod: ref, port: adminPortOf(pod), identity: name },
          });
          const seen = valueOf(certificate);
          if (certificate.kind === 'known' && seen?.is === 'presented' && ofProxies.isFine(seen))
            return { pod, certificate, trouble: undefined, policies: undefined };
          const from = { namespace: ref.namespace, labels, ip };
          const [trouble, policies] = await Promise.all([
            look(identityTrouble, { pod: ref }),
            to.length === 0
              ? undefined
              : look(policiesBetween, { from, to, toNamespace, port: 8080 }),
          ]);
          return { pod, certificate, trouble, policies };
        }),
      );
    },
    judge: () => undefined,
  })
  .step('issuer', {
    asks: 'Are the anchors and the issuer valid, and do they belong together?',
    why: 'When one of them ends, so do all certificates that hang on it.',
    rulesOut: 'anchors or an issuer that ended, or that do not belong together',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: (_, say, asked, sofar) => {
      ofIssuer.anchors(sofar, say, asked);
      ofIssuer.issuer(sofar, say, asked);
      ofIssuer.service(sofar, say, asked);
      const calm = calmText(sofar);
      return calm === undefined ? undefined : clear(calm);
    },
  })
  .step('leafs', {
    asks: 'Are the certificates of the proxies good, and do they get the next ones?',
    why: 'A proxy that does not reach linkerd-identity works on until its certificate ends.',
    rulesOut: 'proxies whose certificate ended, or that hold other anchors',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: (_, say, asked, sofar) => {
      ofProxies.bundles(sofar, say, asked);
      ofProxies.trustDomains(sofar, say, asked);
      ofProxies.clocks(sofar, say, asked);
      ofProxies.reachable(sofar, say, asked);
      ofProxies.leafs(sofar, say, asked);
      return (sofar.proxies ?? []).length === 0 ? skip('no proxy was found to ask') : undefined;
    },
  })
  .step('webhooks', {
    asks: 'Does the API server trust what it calls of Linkerd?',
    why: 'Helm makes these certificates for a year, and nobody renews them.',
    rulesOut: 'certificates of webhooks that ended',
    uses: [webhookCertificates, tapCertificate, servedCertificate],
    after: ['mesh'],
    when: ({ mesh }) => rootOf(mesh) !== undefined || skip(noLinkerd),
    gather: async (look, _, { mesh }) => {
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
    judge: (got, say, asked, sofar) => {
      ofWebhooks.webhooks(withOwn(sofar, { webhooks: got }), say, asked);
    },
  })
  .step('check', {
    asks: 'What does linkerd check say of certificates?',
    why: 'It reads the Secrets with your rights, so it may see what cannot be seen without.',
    uses: [linkerdCheck],
    after: ['mesh'],
    when: ({ mesh }) => rootOf(mesh) !== undefined || skip(noLinkerd),
    gather: (look, _, { mesh }) =>
      look(linkerdCheck, {
        of: 'core',
        root: rootOf(mesh) ?? '',
        version: valueOf(mesh)?.config?.version,
      }),
    judge: (got, say, asked, sofar) => ofWebhooks.check(withOwn(sofar, { check: got }), say, asked),
  });

function rootOf(mesh: Answer<LinkerdControlPlane>): string | undefined {
  return valueOf(mesh)?.namespace;
}

function namespaceOf(target: Place | undefined): string | undefined {
  if (target === undefined) return undefined;
  if (target.is === 'namespace') return target.name;
  return target.is === 'pod' ? target.pod.namespace : target.namespace;
}

function identityPods(plane: LinkerdControlPlane | undefined): readonly Pod[] {
  return (plane && componentOf(plane, 'identity')?.pods) ?? [];
}

function identityContainer({ containers }: Pod) {
  return containers.find(({ name }) => name === 'identity');
}

function runs(pod: Pod): boolean {
  return identityContainer(pod)?.state.is === 'running';
}

/** What has started once; between two starts its last words are the previous log. */
function hasLog(pod: Pod): boolean {
  const container = identityContainer(pod);
  return runs(pod) || (container?.restarts ?? 0) > 0;
}

/** Pods that answer the API server at 8443 (linkerd2 templates/proxy-injector.yaml, destination.yaml sp-validator). */
function serversOf(plane: LinkerdControlPlane) {
  const parts = [
    ['proxy-injector', 'linkerd-proxy-injector', 'linkerd-proxy-injector-webhook-config'],
    ['destination', 'linkerd-sp-validator', 'linkerd-sp-validator-webhook-config'],
  ] as const;
  return parts.flatMap(([component, service, configuration]) => {
    const pod = componentOf(plane, component)?.pods.find(({ ready }) => ready);
    const host = `${service}.${plane.namespace}.svc`;
    return pod ? [{ pod, configuration, host }] : [];
  });
}
