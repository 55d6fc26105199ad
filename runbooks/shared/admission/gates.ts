// Gates that every mesh has, as rows of its table of reasons, and what such rows say of selectors and of reach.
import { count, listed } from '../../../src/authoring.ts';
import type { Subject } from '../../../src/model/kube/subject.ts';
import type { Miss } from '../../../src/model/kube/webhook-called.ts';
import type { Fixes } from './fixes.ts';
import type { View } from './mesh.ts';

type Of = { readonly of: Subject };
type Leaving = {
  readonly mesh: string;
  readonly proxy: string;
  /** "istiod never injects such a pod". */
  readonly leaves: string;
};

export function rowsOf({ mesh, proxy, leaves }: Leaving, fixes: Fixes) {
  return {
    excluded: {
      says: '{configuration} leaves out {subject}: {miss}.',
      means: `This is a selector of your own, not one of ${mesh}'s. The pod starts without a ${proxy}, and nothing says so.`,
      fixes: ({ of }: Of, { configuration }: { readonly configuration: string }) => [
        fixes.readSelectors(of, configuration),
      ],
    },
    'host-network': {
      says: `{subject} uses the network of its node, and ${leaves}.`,
      means: `The ${proxy}'s redirect would catch the traffic of the whole node. The pod stays outside the mesh as long as hostNetwork is true.`,
      fixes: ({ of }: Of) => [
        fixes.readManifest(of, 'See whether it needs the network of the node'),
      ],
    },
  } as const;
}

export function missText({ on, key, operator, values, has }: Miss): string {
  const is = has === undefined ? `has no label ${key}` : `has ${key}=${has}`;
  const wants = {
    Exists: 'needs one',
    DoesNotExist: 'takes only those without',
    In: `takes only those with ${listed(values)}`,
  }[operator];
  return `the ${on} ${is}, and it ${wants ?? `takes only those without ${listed(values)}`}`;
}

/** How far a change of the namespace would reach, by asking both gates again for everything in it. */
export function gainsText(
  view: View,
  of: Subject,
  proxy: string,
  gains: (one: Subject) => boolean,
): string {
  const all = view.everything.length > 0 ? view.everything : [of];
  const many = `${all.filter(gains).length} of ${count(all.length, 'workload')}`;
  return `${many} in ${view.namespace.name} would get a ${proxy} at the next restart`;
}
