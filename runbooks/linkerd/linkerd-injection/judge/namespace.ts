// A whole namespace: why nothing in it is injected, or what a restart of everything would change.
import type { Found, Judgement } from '../../../../src/authoring.ts';
import { nowOf } from '../../../../src/model/linkerd/inject/subject.ts';
import { plainPodIn } from '../../../shared/kube/subject.ts';
import { closedTo } from '../gates.ts';
import { verdictFor } from '../here.ts';
import { census } from '../mesh.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';
import { broken } from './unreachable.ts';

export function censusIn(view: View): Judgement {
  const { name } = view.namespace;
  const all = view.everything.map((subject) => ({
    subject,
    now: nowOf(subject.pods),
    verdict: verdictFor(view, subject),
  }));
  if (all.length === 0) return closedTo(view, plainPodIn(name));
  const open = all.flatMap(({ subject: { text: subject }, verdict }) =>
    verdict.is === 'unknown'
      ? [tell('undecided', { subject, why: verdict.because }, { from: view.from })]
      : [],
  );
  const [by] = all.flatMap(({ verdict }) => (verdict.is === 'injected' ? [verdict.by] : []));
  const pods = { text: `namespace ${name}`, maker: { kind: 'Namespace', name, namespace: name } };
  const failing: readonly Found[] = by ? broken(view, pods, by) : [];
  return census(view, { all, open: open.slice(0, 1), failing });
}
