// How `linkerd-metrics` concludes: a cause hides the causes after it, so they are judged in that order.
import { check, clear, skip, type Clear, type Found } from '../../../src/authoring.ts';
import type { Input } from '../../shared/kube/subject.ts';
import { checks, readsProxies, type Covered } from './checks.ts';
import type { At, Coverage } from './coverage.ts';
import { ofDown } from './judge/scrape.ts';
import { ofExpired, ofLabels } from './judge/stale.ts';
import { opaqueTexts, ofPresent, ofQuiet, ofUnlabelled } from './judge/seen.ts';
import { ofBare, ofMissingServer, ofStarting, ofUndiscovered } from './judge/sources.ts';
import { ofViz } from './judge/viz.ts';
import { groupsOf, having, viewOf, whoText, type View } from './view.ts';

export const end = check<Input>()({
  id: 'end',
  asks: 'Where do the metrics get lost?',
  why: 'Each cause hides the causes after it.',
  rulesOut: 'metrics lost between proxy and Prometheus',
  uses: [],
  sees: checks,
  judge: (_, got, input) => {
    const view = viewOf(input, got);
    if (!view) return skip('the pods could not be read');
    const isMeshed = ({ coverage: { is } }: Covered) => is !== 'bare' && is !== 'never';
    const found = [
      ...groupsOf(view, having(view, 'bare')).map(ofBare),
      ...(view.covered.some(isMeshed) ? ofMeshed(view) : []),
    ];
    return found.length > 0 || having(view, 'unknown').length > 0 ? found : calm(view);
  },
});

function ofMeshed(view: View): readonly Found[] {
  const present = having(view, 'present');
  return [
    ...ofViz(view),
    ...ofNoTarget(view),
    ...ofDown(view, having(view, 'down')),
    ...ofExpired(view),
    ...groupsOf(view, having(view, 'unlabelled')).map(ofUnlabelled),
    ...ofQuiet(view, [...having(view, 'quiet'), ...present.filter(isOutboundOnly)]),
    ...groupsOf(view, present).flatMap(ofPresent),
    ...ofLabels(view),
  ];
}

/** Proxies that are not targets: some, or all of them. */
function ofNoTarget(view: View): readonly Found[] {
  const undiscovered = groupsOf(view, having(view, 'undiscovered'));
  const starting = undiscovered.flatMap(ofStarting);
  if (starting.length > 0) return starting;
  const isRead = view.chosen !== undefined && readsProxies(view.chosen);
  return isRead ? undiscovered.map(ofUndiscovered) : ofMissingServer(view);
}

/** Only what it sends is counted: it may receive nothing, or what it receives may bypass the proxy. */
function isOutboundOnly({ coverage }: Covered<At<'present'>>): boolean {
  return coverage.series.every(({ labels }) => labels['direction'] !== 'inbound');
}

/** The answer when nothing is wrong. */
function calm(view: View): Clear {
  const all = new Set(view.covered.map(({ coverage }) => coverage.is));
  const sentences = [...all].map((is) => calmText(is, whoText(having(view, is)), view));
  return clear(sentences.join(' ') || 'No pod runs there, so there is nothing to measure.');
}

function calmText(is: Coverage['is'], who: string, view: View): string {
  const { prometheus } = view;
  if (is === 'present') return `${prometheus} has request metrics of ${who}.`;
  if (is === 'quiet') {
    const quiet = `No HTTP traffic in the last ten minutes (not a fault): ${who}.`;
    return [quiet, ...opaqueTexts(view)].join(' ');
  }
  if (is === 'never') return `On the host network, where no proxy is possible: ${who}.`;
  if (is === 'pending') return `${prometheus} is about to scrape ${who}.`;
  return `Still starting: ${who}.`;
}
