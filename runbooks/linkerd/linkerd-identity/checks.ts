// What `linkerd-identity` asks before it concludes: the control plane, what it trusts and signs with, what proxies present.
import {
  check,
  input,
  skip,
  valueOf,
  type Answer,
  type Answers,
  type InputValues,
} from '../../../src/authoring.ts';
import { policiesBetween } from '../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../src/facts/kube/pod.ts';
import {
  linkerdControlPlane,
  type LinkerdControlPlane,
} from '../../../src/facts/linkerd/control-plane.ts';
import { identityEvents, identityLog } from '../../../src/facts/linkerd/identity/identity-log.ts';
import { runningIssuer } from '../../../src/facts/linkerd/identity/identity-metric.ts';
import { managed } from '../../../src/facts/linkerd/identity/managed.ts';
import { identityOf, meshedPods } from '../../../src/facts/linkerd/identity/meshed-pods.ts';
import { proxyCertificate } from '../../../src/facts/linkerd/identity/proxy-certificate.ts';
import { identityTrouble } from '../../../src/facts/linkerd/identity/proxy-log.ts';
import { trustRoots } from '../../../src/facts/linkerd/identity/trust-roots.ts';
import type { Container } from '../../../src/model/kube/container.ts';
import { componentOf } from '../../../src/model/linkerd/control-plane.ts';
import { adminPortOf } from '../../../src/model/linkerd/mesh-pod.ts';
import { namespaceOf } from '../../shared/kube/subject.ts';
import { presentedIn } from './leaf.ts';
import { sample } from './sample.ts';

export const inputs = {
  target: input.anywhere('the pod, workload or namespace whose proxies to check'),
};
export type Input = InputValues<typeof inputs>;
export const identityCheck = check<Input>();

const noLinkerd = 'there is no Linkerd control plane';

export const mesh = identityCheck({
  id: 'mesh',
  asks: 'Where is the control plane, and how was it installed?',
  why: 'The issuer is replaced the way it was installed.',
  uses: [linkerdControlPlane],
  gather: (look, { linkerd }) => look(linkerdControlPlane, { named: linkerd }),
  judge: (got) => (got.kind === 'absent' ? skip(noLinkerd) : undefined),
});

type Plane = { readonly mesh: Answer<LinkerdControlPlane> };
/** For a check that needs the control plane's place. */
export const inPlane = {
  after: { mesh },
  when: (earlier: Plane) => valueOf(earlier.mesh) !== undefined || skip(noLinkerd),
};

export function rootOf(earlier: Plane): string {
  return valueOf(earlier.mesh)?.namespace ?? '';
}

export const anchors = identityCheck({
  id: 'anchors',
  asks: 'Which trust anchors does the mesh have?',
  why: 'Every certificate depends on them; linkerd-identity does not sign without a valid one.',
  uses: [trustRoots],
  ...inPlane,
  gather: (look, _, earlier) => look(trustRoots, { root: rootOf(earlier) }),
});

export const pods = identityCheck({
  id: 'pods',
  asks: 'Which pods are in the mesh, and which trust anchors do they hold?',
  why: 'A pod keeps the trust anchors it got when it was created.',
  uses: [meshedPods],
  ...inPlane,
  gather: (look, { target }, earlier) =>
    look(meshedPods, { root: rootOf(earlier), namespace: target && namespaceOf(target) }),
});

export const service = identityCheck({
  id: 'service',
  asks: 'Does linkerd-identity run, and what does it sign with?',
  why: 'The issuer it holds in memory can differ from the configured one.',
  uses: [runningIssuer, identityLog, identityEvents, managed],
  ...inPlane,
  gather: async (look, _, earlier) => {
    const root = rootOf(earlier);
    const all = identityPods(earlier);
    const [events, kept, metrics, logs] = await Promise.all([
      look(identityEvents, { root }),
      look(managed, { root }),
      Promise.all(all.filter(runs).map(({ ref }) => look(runningIssuer, { pod: ref }))),
      Promise.all(
        all.filter(hasLog).map((pod) => look(identityLog, { pod: pod.ref, previous: !runs(pod) })),
      ),
    ]);
    return { events, managed: kept, metrics, logs };
  },
});

export const proxies = identityCheck({
  id: 'proxies',
  asks: 'What certificate does each proxy present?',
  why: 'A TLS handshake shows the leaf and its issuer without reading a Secret.',
  uses: [proxyCertificate, identityTrouble, policiesBetween],
  after: { mesh, pods },
  gather: (look, { target }, earlier) => {
    const to = identityPods(earlier).map(endOf);
    const toNamespace = rootOf(earlier);
    return Promise.all(
      sample(valueOf(earlier.pods)?.pods ?? [], target).map(async (pod) => {
        const certificate = await look(proxyCertificate, {
          ...{ pod: pod.ref, port: adminPortOf(pod), identity: identityOf(pod) ?? '' },
        });
        const presented = presentedIn(certificate);
        // Nothing to ask its log about.
        if (presented?.state === 'fine')
          return { pod, certificate, presented, trouble: undefined, policies: undefined };
        const [trouble, policies] = await Promise.all([
          look(identityTrouble, { pod: pod.ref }),
          to.length === 0
            ? undefined
            : look(policiesBetween, { from: endOf(pod), to, toNamespace, port: 8080 }),
        ]);
        return { pod, certificate, presented, trouble, policies };
      }),
    );
  },
});

/** What the conclusions read. */
export const gathered = { mesh, anchors, pods, service, proxies };
export type Gathered = Partial<Answers<typeof gathered>>;
export type Sampled = NonNullable<Gathered['proxies']>[number];

function endOf({ ref, labels, ip }: Pod) {
  return { namespace: ref.namespace, labels, ip };
}

function identityPods(earlier: Plane): readonly Pod[] {
  const plane = valueOf(earlier.mesh);
  return (plane && componentOf(plane, 'identity')?.pods) ?? [];
}

function identityIn({ containers }: Pod): Container | undefined {
  return containers.find(({ name }) => name === 'identity');
}

function runs(pod: Pod): boolean {
  return identityIn(pod)?.state.is === 'running';
}

/** It has started at least once; between two starts its last lines are in the previous log. */
function hasLog(pod: Pod): boolean {
  return runs(pod) || (identityIn(pod)?.restarts ?? 0) > 0;
}
