// The config that steers the pod's traffic: whether it has an effect, and whether it is too large.
import {
  cite,
  count,
  skip,
  valueOf,
  type Found,
  type Known,
  type PodRef,
} from '../../../../src/authoring.ts';
import { pushTimes } from '../../../../src/facts/istio/push-times.ts';
import { effect, type Effect } from '../../../../src/facts/istio/scene.ts';
import type { Message } from '../../../../src/facts/istio/analysis.ts';
import type { Problem } from '../../../../src/model/istio/effect/scene.ts';
import { meshRole, revisionOf } from '../../../../src/model/istio/mesh-pod.ts';
import {
  changeText,
  clusterDomain,
  isMultiCluster,
  sentence,
} from '../../../../src/model/istio/sync-verdict.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { about, stale } from './pod.ts';
import { envoy, sync } from './stream.ts';

const manyClusters = 1000;

export const routing = stale({
  id: 'effect',
  asks: 'Does the routing config for this pod do what it says?',
  why: 'Config that is accepted can still have no effect: this is what most people mean by stale.',
  rulesOut: 'routing config without effect',
  uses: [effect],
  after: { about },
  gather: (look, { pod, root, revision }, earlier) => {
    const me = valueOf(earlier.about);
    return look(effect, {
      pod,
      root,
      labels: me?.labels ?? {},
      clusterDomain: me ? clusterDomain(meshRole(me)) : 'cluster.local',
      revision: revision ?? (me && revisionOf(me)),
      gateway: me !== undefined && meshRole(me).is === 'gateway',
      self: me && { annotations: me.annotations, containers: me.containers },
    });
  },
  sees: { sync },
  judge: (got, { sync }, { pod }) => {
    if (got.kind !== 'known') return;
    // In a mesh of several clusters, a Service that is missing here may be in another cluster.
    const elsewhere = isMultiCluster(valueOf(sync));
    const { problems } = got.value.evaluation;
    const found = problems.map((p) =>
      withoutEffect(
        elsewhere && aboutAbsence.has(p.rule) ? { ...p, sure: false } : p,
        cite(got),
        pod,
      ),
    );
    return [...found, ...analysed(got)];
  },
});

export function withoutEffect(problem: Problem, from: ReturnType<typeof cite>, pod: PodRef): Found {
  const { rule, says, consequence, changed, resource, sure } = problem;
  const { kind, name, namespace } = fixes.targetOf(problem);
  return tell(
    rule,
    { problem: says, consequence },
    {
      from,
      sure,
      since:
        changed && changeText(changed, `${resource.kind} ${resource.namespace}/${resource.name}`),
      avoid: fixes.byHand(problem),
      about: { kind, name, namespace, pod },
      fixes: fixes.repair(problem, pod),
    },
  );
}

const aboutAbsence: ReadonlySet<string> = new Set([
  'host-missing',
  'port-missing',
  'subset-empty',
  'unknown-host',
]);

function analysed(got: Known<Effect>): readonly Found[] {
  return messages(got, (message) => !isJudged(message));
}

/** What istioctl says of the certificates of this pod's Gateways: for when Envoy cannot be asked. */
export function aboutCertificates(got: Known<Effect>): readonly Found[] {
  return messages(got, refersToCertificate);
}

function messages(got: Known<Effect>, wanted: (message: Message) => boolean): readonly Found[] {
  const { analysis } = got.value;
  if (analysis.is !== 'ran') return [];
  return analysis.concerning.filter(wanted).flatMap(({ code, level, message, origin }) => {
    const [, kind, namespace, name] = /^(\S+) ([^/\s]+)\/(\S+)/.exec(origin) ?? [];
    if (level !== 'Error' || !kind || !namespace || !name) return [];
    const slots = { resource: `${kind} ${namespace}/${name}`, code, message: sentence(message) };
    const read = fixes.readResource({ kind, namespace, name });
    return [tell('analysis-error', slots, { from: cite(got), sure: false, fixes: [read] })];
  });
}

/**
 * The evaluator answers these itself, and takes exportTo, scopes and short names into account. IST0101 is about anything
 * that is referred to, so what it refers to decides (istio pkg/config/analysis/analyzers, ReferencedResourceNotFound).
 */
function isJudged(message: Message): boolean {
  const { code } = message;
  return judgedHere.has(code) || refersToRoute(message) || refersToCertificate(message);
}

const judgedHere: ReadonlySet<string> = new Set(['IST0109', 'IST0130', 'IST0132', 'IST0145']);

function refersToRoute({ code, message, origin }: Message): boolean {
  const to =
    /^Referenced ((mirror )?host|host:port|(host|mirror)\+subset in destinationrule|gateway) not found/;
  const selector = origin.startsWith('Gateway ') && message.startsWith('Referenced selector ');
  return code === 'IST0101' && (to.test(message) || selector);
}

/** The check of gateways answers these. */
function refersToCertificate({ code, message }: Message): boolean {
  const missing = code === 'IST0101' && message.startsWith('Referenced credentialName not found');
  return missing || code === 'IST0161';
}

export const size = stale({
  id: 'size',
  asks: 'Does the proxy get more config than it needs?',
  why: 'Thousands of clusters make every push slow and every sidecar large.',
  uses: [pushTimes],
  after: { envoy },
  when: ({ envoy }) =>
    (envoy.kind === 'known' && envoy.value.is === 'up' && envoy.value.clusters >= manyClusters) ||
    skip(`it has fewer than ${manyClusters} clusters`),
  gather: (look, { root }) => look(pushTimes, { root }),
  sees: { envoy, routing },
  judge: (got, { envoy, routing }, { pod }) => {
    if (envoy?.kind !== 'known' || envoy.value.is !== 'up') return;
    if (valueOf(routing)?.evaluation.concerned.some((r) => r.kind === 'Sidecar')) return;
    const mean = valueOf(got)?.meanSeconds;
    const slots = {
      pod,
      clusters: count(envoy.value.clusters, 'cluster'),
      memory: `${Math.round(envoy.value.memoryBytes / 1e6)} MB`,
      push: mean === undefined ? 'an unknown time' : `${mean.toFixed(2)} s`,
    };
    return [tell('too-much-config', slots, { from: cite(envoy, got) })];
  },
});
