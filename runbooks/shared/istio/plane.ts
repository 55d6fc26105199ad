// The check that all runbooks of Istio have: whether any istiod can serve what was asked about.
import {
  check,
  cite,
  count,
  skip,
  valueOf,
  type Answer,
  type Command,
  type Found,
  type Judgement,
  type Known,
  type Plane,
} from '../../../src/authoring.ts';
import {
  controlPlane,
  istiodLastWords,
  type ControlPlane,
} from '../../../src/facts/istio/istiods.ts';
import { meshProxies, type ProxyCount } from '../../../src/facts/istio/mesh-proxies.ts';
import { reasonOf } from '../../../src/facts/kube/last-words.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { meshRole, proxyOf, revisionOf } from '../../../src/model/istio/mesh-pod.ts';
import { deploymentOf, impaired, outage, planeOf } from '../../../src/model/istio/plane.ts';
import { sentence } from '../../../src/model/istio/sync-verdict.ts';
import { askAgain, podOf, type Asked } from '../kube/asked.ts';
import { scaleUp } from './fixes.ts';
import { repairIstiod, seeRefused } from './plane-fixes.ts';
import { findings, tell } from './plane-says.ts';

/** Whom it is asked for: any target of Istio's runbooks, or only pods that have a proxy. */
type Whom = 'any' | 'proxies';

export const planeCheck = (runbook: string, whom: Whom = 'any') =>
  check<Asked>()({
    id: 'control-plane',
    asks: 'Is istiod able to serve?',
    why: 'If it is not, fix it there: restarting the workload only makes it worse.',
    rulesOut: 'istiod down',
    uses: [pod, controlPlane, meshProxies, istiodLastWords],
    gather: async (look, input): Promise<Got> => {
      const ref = podOf(input);
      const looked = ref && look(pod, { pod: ref });
      if (whom === 'proxies' && !hasProxy(valueOf(await looked))) return unasked;
      const [plane, about] = await Promise.all([look(controlPlane, { root: input.root }), looked]);
      const revision = input.revision ?? servedAs(valueOf(about));
      const down = plane.kind === 'known' ? outage(planeOf(plane.value, revision)) : undefined;
      const crashed = down?.is === 'down' ? down.crashed : undefined;
      const [proxies, words] = await Promise.all([
        down && look(meshProxies, {}),
        crashed && look(istiodLastWords, crashed),
      ]);
      return { plane, revision, proxies, words };
    },
    judge: (got, _, input, told) => {
      if (!got.plane) return skip('the pod has no Istio proxy');
      if (told.some((id) => tellItself.has(id))) return skip('what was found names it already');
      return judged(got, input.root, askAgain(runbook, input));
    },
  });

/** Findings of runbook injection that name what is wrong behind the webhook. */
const tellItself = new Set(['webhook-unreachable', 'failing-open', 'restart-refused']);

function hasProxy(about: Pod | undefined): boolean {
  return about !== undefined && proxyOf(meshRole(about)) !== undefined;
}

function servedAs(about: Pod | undefined): string | undefined {
  return about && revisionOf(about);
}

type Got = {
  readonly plane: Answer<ControlPlane> | undefined;
  readonly revision: string | undefined;
  readonly proxies: Answer<ProxyCount> | undefined;
  readonly words: Answer<readonly string[]> | undefined;
};

const unasked: Got = {
  ...{ plane: undefined, revision: undefined, proxies: undefined, words: undefined },
};

function judged(got: Got, root: string, verify: Command): Judgement {
  const { plane, revision, proxies, words } = got;
  if (plane?.kind !== 'known') return;
  const mine = planeOf(plane.value, revision);
  const down = outage(mine);
  const rest = { from: cite(plane), reach: reachText(valueOf(proxies)) };
  switch (down?.is) {
    case 'scaled-to-zero': {
      const fixes = [scaleUp(down.deployment, root, verify)];
      return [tell('scaled-to-zero', named(root, down.deployment), { ...rest, fixes })];
    }
    case 'no-pods': {
      const { deployment, reason } = down;
      const slots = { ...named(root, deployment), reason, words: undefined };
      return [tell('istiod-down', slots, { ...rest, fixes: seeRefused(deployment, root, verify) })];
    }
    case 'down': {
      const { reason, istiod, killed, endedAt } = down;
      const last = reasonOf(valueOf(words) ?? []);
      const slots = { ...named(root, deploymentOf(istiod)), reason };
      const more = {
        ...{ ...rest, from: cite(plane, words) },
        since: endedAt && `${endedAt}, when it last exited`,
        fixes: repairIstiod(istiod, root, verify),
      };
      if (killed) {
        const { name } = istiod.pod.ref;
        return [tell('istiod-killed', slots, { ...more, goesOn: `${root}/${name}` })];
      }
      const said = last && `Its log ends with: ${sentence(last)}`;
      return [tell('istiod-down', { ...slots, words: said }, more)];
    }
    case 'none-found':
      return [tell('no-control-plane', { root }, { from: cite(plane) })];
    case undefined:
      return notReady(mine, plane);
  }
}

function named(root: string, deployment: string) {
  return { resource: `Deployment ${root}/${deployment}` };
}

function reachText(counted: ProxyCount | undefined): string {
  if (!counted) return 'every proxy in the mesh';
  const n = count(counted.proxies, 'proxy', 'proxies');
  return counted.more ? `more than ${n}: all in the mesh` : `all ${n} in the mesh`;
}

function notReady(mine: ControlPlane, from: Known<ControlPlane>): readonly Found[] {
  return impaired(mine).map(({ pod: { ref }, trouble: reason = 'unknown' }) =>
    tell(
      'istiod-not-ready',
      { istiod: ref.name, reason },
      { from: cite(from), about: { name: ref.name } },
    ),
  );
}

export { findings };

const plane: Plane = { findings, check: planeCheck };
export default plane;
