// How `oom` concludes: whose end it was decides who is asked why.
import { skip, withOwn, type Answers, type Found, type Skip } from '../../../src/authoring.ts';
import { deathsIn, oom, sees } from './checks.ts';
import { eviction } from './deaths.ts';
import { evicted, ofOther } from './judge/others.ts';
import { ofProxy } from './judge/proxy.ts';

export const end = oom({
  id: 'end',
  asks: 'Which container was killed, by whom, and why?',
  why: 'The application is not the proxy; and more memory helps at once, but only the reason for good.',
  rulesOut: 'a container killed for memory',
  uses: [],
  sees,
  judge: (_, seen, { root }) => conclude(seen, root),
});

function conclude(seen: Partial<Answers<typeof sees>>, root: string): readonly Found[] | Skip {
  const { end: got } = seen;
  if (got?.pod.kind !== 'known') return skip('the pod could not be read');
  const c = withOwn(seen, { about: got.pod, deaths: deathsIn(got), root });
  const evict = eviction(got.pod.value);
  if (evict) return [evicted(c, evict)];
  const found = [...ofProxy(c), ...c.deaths.flatMap((death) => ofOther(c, death))];
  const unknown = [got.events, got.node, got.agent].some((answer) => answer?.kind === 'unknown');
  return c.deaths.length === 0 && found.length === 0 && unknown
    ? skip('not all that tells of an end was answered')
    : found;
}
