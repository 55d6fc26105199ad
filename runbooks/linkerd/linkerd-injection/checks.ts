// What `linkerd-injection` asks once it knows what is there and what is behind the webhook.
import { check, withOwn } from '../../../src/authoring.ts';
import { lastWords } from '../../../src/facts/kube/last-words.ts';
import { refusals } from '../../../src/facts/kube/refusals.ts';
import { injectorEvents } from '../../../src/facts/linkerd/inject/facts.ts';
import { namespaceOf, type Input } from '../../shared/kube/subject.ts';
import { backends } from './checks/backends.ts';
import { cluster } from './checks/cluster.ts';
import { passed } from './judge.ts';
import { censusIn } from './judge/namespace.ts';
import { neverStarts, troubled } from './judge/start.ts';
import { subjectsAt } from './here.ts';
import { refusedAt } from './mesh.ts';
import { viewOf } from './view.ts';

const said = check<Input>()({
  id: 'said',
  asks: 'Were its pods refused, and was the injector called for them?',
  why: 'The injector writes an event on the owner of every pod; if there is none, it was never reached.',
  rulesOut: 'pods that are refused',
  uses: [refusals, injectorEvents],
  gather: async (look, { target }) => {
    const args = { namespace: namespaceOf(target) };
    const [refusing, events] = await Promise.all([
      look(refusals, args),
      look(injectorEvents, args),
    ]);
    return { refusals: refusing, events };
  },
  sees: { ...cluster, backends },
  judge: (got, seen, { target }) => {
    const view = viewOf(withOwn(seen, { said: got }));
    return view && refusedAt(view, seen.pod, target);
  },
});

const gates = check<Input>()({
  id: 'gates',
  asks: 'Would a new pod get a proxy, and why does this one have none?',
  why: 'Compares what the API server and the injector would decide now with what is there.',
  rulesOut: 'a webhook that does not select it, an injector that skips it',
  uses: [],
  sees: { ...cluster, backends, said },
  judge: (_, seen, { target }) => {
    const view = viewOf(seen);
    if (!view) return [];
    return target.is === 'namespace' ? censusIn(view) : passed(view, seen.pod, target);
  },
});

const start = check<Input>()({
  id: 'start',
  asks: 'Does the injected proxy start?',
  why: 'The container that sets the redirect runs first, and the pod waits for it.',
  rulesOut: 'an injected proxy that never starts',
  uses: [lastWords],
  after: { pod: cluster.pod },
  gather: async (look, { target }, { pod: got }) => {
    const found = troubled(subjectsAt(got, target).flatMap(({ pods }) => pods));
    const speaks = found?.start.is === 'init-fails' || found?.start.is === 'validator-fails';
    if (!found || !speaks || !('container' in found.start)) return undefined;
    const { container } = found.start;
    return container.restarts === 0
      ? undefined
      : look(lastWords, { pod: found.pod.ref, container: container.name });
  },
  sees: { pod: cluster.pod },
  judge: (words, { pod: running }, input) => neverStarts(words, running, input),
});

export const checks = [...Object.values(cluster), backends, said, gates, start];
