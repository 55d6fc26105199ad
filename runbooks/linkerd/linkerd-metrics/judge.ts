// How `linkerd-metrics` concludes: in the order in which causes hide one another, the first that explains all ends it.
import { clear, skip, type Clear, type Skip } from '../../../src/authoring.ts';
import type { Fate } from './fate.ts';
import { sayDown } from './judge/scrape.ts';
import { sayPresent, sayQuiet, sayUnlabelled } from './judge/seen.ts';
import { sayBare, sayNoServer, saySources, sayStarting, sayUndiscovered } from './judge/sources.ts';
import { counting } from './say.ts';
import { serverText, whoText } from './slots.ts';
import {
  readsProxies,
  viewOf,
  type Input,
  type Judged,
  type MetricsSay,
  type Sofar,
  type View,
} from './view.ts';

/** What became of the pods, by fate. */
type Groups = { readonly [K in Fate['is']]?: readonly Judged[] };

export function conclude(sofar: Sofar, say: MetricsSay, input: Input): void | Skip | Clear {
  const view = viewOf(input, sofar);
  if (!view) return skip('the pods could not be read');
  const groups = groupsOf(view.judged);
  const count = counting(say);
  sayBare(view, groups.bare ?? [], count.say);
  if (view.judged.some(({ fate }) => fate.is !== 'bare' && fate.is !== 'never')) {
    sayMeshed(view, groups, count.say);
  }
  return count.said() || view.judged.some(isOpen) ? undefined : calm(view, groups);
}

function sayMeshed(view: View, groups: Groups, say: MetricsSay): void {
  saySources(view, say);
  const undiscovered = groups.undiscovered ?? [];
  const isStarting = sayStarting(view, undiscovered, say);
  if (!view.chosen || !readsProxies(view.chosen.targets)) {
    if (!isStarting) sayNoServer(view, say);
    return;
  }
  if (!isStarting) sayUndiscovered(view, undiscovered, say);
  sayDown(view, groups.down ?? [], say);
  sayUnlabelled(view, groups.unlabelled ?? [], say);
  const present = groups.present ?? [];
  sayQuiet(view, [...(groups.quiet ?? []), ...present.filter(isOutboundOnly)], say);
  sayPresent(view, present, say);
}

function groupsOf(judged: readonly Judged[]): Groups {
  const groups: Partial<Record<Fate['is'], readonly Judged[]>> = {};
  for (const one of judged) groups[one.fate.is] = [...(groups[one.fate.is] ?? []), one];
  return groups;
}

/** What it sends is counted; what it is sent may be none, or go past the proxy unread. */
function isOutboundOnly({ fate }: Judged): boolean {
  return (
    fate.is === 'present' && fate.series.every(({ labels }) => labels['direction'] !== 'inbound')
  );
}

function isOpen({ fate }: Judged): boolean {
  return fate.is === 'unknown';
}

/** What the answer is where nothing is wrong. */
function calm(view: View, groups: Groups): Clear {
  const sentences = Object.entries(groups).map(
    ([is, group]) => `${calmText(is as Fate['is'], view)} ${whoText(group.map(({ pod }) => pod))}.`,
  );
  return clear(sentences.join(' ') || 'No pod runs there, so there is nothing to measure.');
}

function calmText(is: Fate['is'], view: View): string {
  const server = serverText(view);
  if (is === 'present') return `${server} has requests of`;
  if (is === 'quiet') return 'In the last ten minutes no HTTP was seen, which is no fault, by';
  if (is === 'never') return 'On the network of the node, where no proxy can be, are';
  if (is === 'pending') return `${server} is about to read`;
  return 'Still starting are';
}
