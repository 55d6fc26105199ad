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
  type Rest,
} from '../../../../src/authoring.ts';
import type { Istiod } from '../../../../src/facts/istio/istiods.ts';
import { pushTimes, type Pace } from '../../../../src/facts/istio/push-times.ts';
import { deploymentOf } from '../../../../src/model/istio/plane.ts';
import { cpuQuantity, readQuantity } from '../../../../src/model/kube/quantity.ts';
import { again } from '../fixes.ts';
import { tell } from '../says.ts';
import { plane } from './control-plane.ts';
import { stale } from './pod.ts';
import { sync } from './stream.ts';

const container = 'discovery';
/**
 * istiod waits 100 ms for further changes, and no more than 10 s where they never cease (istio pilot/pkg/features
 * PILOT_DEBOUNCE_AFTER, PILOT_DEBOUNCE_MAX): a mean of seconds alone does not show that it is held back.
 */
const slowSeconds = 3;
/** The kernel lets a container wait before its average reaches the limit. */
const nearLimit = 0.7;

const sees = { plane, sync };
type Seen = Partial<Answers<typeof sees>>;

/** The istiod that the proxy is connected to, and the cores it may use. */
type Limited = { readonly istiod: Istiod; readonly limit: number };

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
    const held = limited(seen);
    if (got.kind !== 'known' || !held) return;
    const one = got.value.each.find((each) => each.istiod === held.istiod.pod.ref.name);
    if (one === undefined) return skip('its istiod did not answer');
    if (!isSlow(one, held)) return [];
    const fixes = raise(held, root, again(pod));
    return [slow(one, held, { from: cite(got, seen.plane?.plane), fixes })];
  },
});

/** Far from its limit it waits for something else. */
function isSlow({ meanSeconds = 0, cores }: Pace, { limit }: Limited): boolean {
  return meanSeconds >= slowSeconds && (cores === undefined || cores >= limit * nearLimit);
}

function slow({ istiod, meanSeconds = 0, cores }: Pace, { limit }: Limited, rest: Rest): Found {
  const slots = {
    istiod,
    push: `${meanSeconds.toFixed(1)} s`,
    limit: cpuQuantity(limit),
    used: cores === undefined ? undefined : `It used ${cpuQuantity(cores)} on average.`,
  };
  const sure = cores !== undefined;
  return tell('istiod-slow', slots, { ...rest, sure, about: { name: istiod } });
}

function serving({ plane, sync }: Seen): Istiod | undefined {
  const name = valueOf(sync)?.streams[0]?.istiod;
  return valueOf(plane?.plane)?.istiods.find(({ pod }) => pod.ref.name === name);
}

function limited(seen: Seen): Limited | undefined {
  const istiod = serving(seen);
  const found = istiod?.pod.containers.find(({ name }) => name === container);
  const limit = readQuantity(found?.resources.limits['cpu']);
  return istiod && limit !== undefined ? { istiod, limit } : undefined;
}

/** What the chart asks for, if that is more (istio manifests/charts/istio-control values.yaml: 500m). */
const usual = 0.5;

function raise({ istiod, limit }: Limited, root: string, verify: Command): readonly Fix[] {
  const deployment = `deployment/${deploymentOf(istiod)}`;
  const more = Math.max(limit * 4, usual);
  const set = (cores: number) =>
    kubectl`set resources ${deployment} -n ${root} -c ${container}
      --limits=cpu=${cpuQuantity(cores)}`;
  const top = kubectl`top pod ${istiod.pod.ref.name} -n ${root} --containers`;
  return [
    inspect('See how much CPU and memory it uses', top, verify),
    {
      does: `Raise the CPU limit of ${deployment} to ${cpuQuantity(more)}`,
      run: set(more),
      risk: 'restarts-control-plane',
      touches: `istiod in ${root}, one pod after another; every proxy reconnects`,
      undo: { run: set(limit) },
      note: 'If Helm or GitOps manages istiod, change it there too: pilot.resources.',
      verify,
    },
  ];
}
