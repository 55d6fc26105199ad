// Reasons that every mesh has, as rows of its table, and the words for selectors and for impact.
import { count, listed } from '../../../src/authoring.ts';
import { isNobody, type Subject } from '../../../src/model/kube/subject.ts';
import type { Miss } from '../../../src/model/kube/webhook-called.ts';
import type { Fixes } from './fixes.ts';
import type { View } from './mesh.ts';

type Of = { readonly of: Subject };
type Leaving = {
  readonly mesh: string;
  readonly proxy: string;
  /** "istiod never injects such pods". */
  readonly leaves: string;
};

export function rowsOf({ mesh, proxy, leaves }: Leaving, fixes: Fixes) {
  return {
    excluded: {
      says: 'Webhook {configuration} does not select {subject}: {miss}.',
      means: `This selector is your own, not one of ${mesh}'s. The pod starts without a ${proxy}, and nothing reports it.`,
      fixes: ({ of }: Of, { configuration }: { readonly configuration: string }) => [
        fixes.readSelectors(of, configuration),
      ],
    },
    'host-network': {
      says: `{subject} uses the network of its node (hostNetwork), and ${leaves}.`,
      means: `A ${proxy}'s redirect would capture the traffic of the whole node. The pod stays outside the mesh while hostNetwork is true.`,
      fixes: ({ of }: Of) => [
        fixes.readManifest(of, 'Check in its manifest whether it needs hostNetwork'),
      ],
    },
  } as const;
}

export function missText({ on, key, operator, values, has }: Miss): string {
  const is = has === undefined ? `has no label ${key}` : `has ${key}=${has}`;
  const wants = {
    Exists: 'requires it',
    DoesNotExist: 'excludes that label',
    In: `requires ${listed(values)}`,
  }[operator];
  return `the ${on} ${is}, and the selector ${wants ?? `excludes ${listed(values)}`}`;
}

/** Whom a change of the namespace would inject, by judging everything in it again with that change made. */
export function gainsText(
  view: View,
  of: Subject,
  gains: (one: Subject) => boolean,
): string | undefined {
  if (isNobody(of)) return undefined;
  const all = view.everything.length > 0 ? view.everything : [of];
  const many = `${all.filter(gains).length} of ${count(all.length, 'workload')}`;
  return `${many} in ${view.namespace.name}`;
}

/** The same workloads before the change. */
export function keptOutText(gains: string | undefined): string | undefined {
  return gains && `blocks injection of ${gains}`;
}
