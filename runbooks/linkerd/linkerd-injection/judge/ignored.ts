// Settings of a proxy that Linkerd does not read where they are.
import type { Found } from '../../../../src/authoring.ts';
import type { Subject } from '../../../../src/model/kube/subject.ts';
import { misplaced, type Misplaced } from '../../../../src/model/linkerd/inject/misplaced.ts';
import type { Setting } from '../../../../src/model/linkerd/inject/reasons.ts';
import { fixes, mendNamespace } from '../fixes.ts';
import { tell } from '../says.ts';
import type { View } from '../view.ts';

export function ignored(view: View, of: Subject): readonly Found[] {
  return misplaced(of, view.namespace).map((one) => {
    const { sort, key, value } = one;
    const owner = {
      template: `The pod template of ${of.text}`,
      workload: of.text,
      namespace: `Namespace ${view.namespace.name}`,
    }[one.on];
    const about = { subject: of.text, owner, sort, key, value };
    return tell('setting-ignored', about, { ...view.grounds, fixes: moved(view, of, one) });
  });
}

/** The label may stay: a selector may name it. */
function moved(view: View, of: Subject, { on, key, value }: Misplaced) {
  const change = { labels: {}, annotations: { [key]: value } };
  if (on === 'namespace') {
    const mend: Setting = { on: 'namespace', ...change };
    return mendNamespace({ of, here: view.namespace, gains: undefined }, mend);
  }
  const mend: Setting = { on: 'template', ...change };
  return fixes.patch(of, mend, `Annotate the pods of ${of.maker.name} with ${key}`);
}
