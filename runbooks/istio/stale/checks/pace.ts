// An istiod that is held back by its CPU limit: every change arrives, and late.
import {
  cite,
  kubectl,
  inspect,
  skip,
  valueOf,
  type Answers,
  type Command,
  type Fix,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Istiod } from '../../../../src/facts/istio/istiods.ts';
import { pushTimes, type Pace, type PushTimes } from '../../../../src/facts/istio/push-times.ts';
import { deploymentOf } from '../../../../src/model/istio/plane.ts';
import { cpuQuantity, readQuantity } from '../../../../src/model/kube/quantity.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { plane } from './control-plane.ts';
import { stale } from './pod.ts';
import { sync } from './stream.ts';

const container = 'discovery';
/** Where nothing holds istiod back, a change is with its proxies within a second (istio.io performance-and-scalability). */
const slowSeconds = 3;
/** The kernel lets a container wait before its average reaches the limit. */
const nearLimit = 0.7;

const sees = { plane, sync };
type Seen = Partial<Answers<typeof sees>>;

export const pace = stale({
  id: 'pace',
  asks: 'Does istiod send changes quickly?',
  why: 'An istiod without enough CPU looks healthy, while every change takes seconds to arrive.',
  rulesOut: 'an istiod that its CPU limit slows down',
  uses: [pushTimes],
  after: sees,
  when: (seen) => {
    if (serving(seen) === undefined) return skip('it is unknown which istiod serves it');
    return limited(seen) !== undefined || skip('its istiod has no CPU limit');
  },
  gather: (look, { root }) => look(pushTimes, { root }),
  sees,
  judge: (got, seen, { pod, root }) => {
    const istiod = limited(seen);
    const limit = istiod && limitOf(istiod);
    if (got.kind !== 'known' || !istiod || limit === undefined) return;
    const one = got.value.each.find((each) => each.istiod === istiod.pod.ref.name);
    if (one === undefined) return skip('its istiod did not answer');
    return slow(one, istiod, limit, got, seen, root, fixes.again(pod));
  },
});

function slow(
  { istiod, meanSeconds: mean, cores }: Pace,
  made: Istiod,
  limit: number,
  got: Known<PushTimes>,
  { plane }: Seen,
  root: string,
  verify: Command,
): readonly Found[] {
  if (mean === undefined || mean < slowSeconds) return [];
  const slots = {
    istiod,
    push: `${mean.toFixed(1)} s`,
    limit: cpuQuantity(limit),
    used: cores === undefined ? undefined : `It used ${cpuQuantity(cores)} on average.`,
  };
  const sure = cores !== undefined && cores >= limit * nearLimit;
  const more = { from: cite(got, plane?.plane), sure, about: { name: istiod } };
  return [tell('istiod-slow', slots, { ...more, fixes: raise(made, limit, root, verify) })];
}

/** The istiod that the proxy is connected to. */
function serving({ plane, sync }: Seen): Istiod | undefined {
  const name = valueOf(sync)?.streams[0]?.istiod;
  return valueOf(plane?.plane)?.istiods.find(({ pod }) => pod.ref.name === name);
}

function limited(seen: Seen): Istiod | undefined {
  const istiod = serving(seen);
  return istiod && limitOf(istiod) !== undefined ? istiod : undefined;
}

function limitOf({ pod }: Istiod): number | undefined {
  const found = pod.containers.find(({ name }) => name === container);
  return readQuantity(found?.resources.limits['cpu']);
}

/** What the chart asks for, if that is more (istio manifests/charts/istio-control values.yaml: 500m). */
const usual = 0.5;

function raise(istiod: Istiod, limit: number, root: string, verify: Command): readonly Fix[] {
  const deployment = `deployment/${deploymentOf(istiod)}`;
  const set = (cores: number) =>
    kubectl`set resources ${deployment} -n ${root} -c ${container}
      --limits=cpu=${cpuQuantity(cores)}`;
  const top = kubectl`top pod ${istiod.pod.ref.name} -n ${root} --containers`;
  return [
    inspect('See how much CPU and memory it uses', top, verify),
    {
      does: `Raise the CPU limit of ${deployment} to ${cpuQuantity(Math.max(limit * 4, usual))}`,
      run: set(Math.max(limit * 4, usual)),
      risk: 'restarts-control-plane',
      touches: `istiod in ${root}, one pod after another; every proxy reconnects`,
      undo: { run: set(limit) },
      note: 'If Helm or GitOps manages istiod, change it there too: pilot.resources.',
      verify,
    },
  ];
}
