// Which mesh the pod is in, where no runbook is named: each mesh has its own runbooks.
import {
  cause,
  clear,
  kubectl,
  listed,
  meshdoc,
  placeText,
  podText,
  recogniser,
  symptom,
  tells,
  valueOf,
  type Answer,
  type Fix,
  type Place,
} from '../../src/authoring.ts';
import { namespace, type Namespace } from '../../src/facts/kube/namespace.ts';
import type { Pod } from '../../src/facts/kube/pod.ts';
import { workloads, type Workload, type Workloads } from '../../src/facts/kube/workloads.ts';
import { membership, type Membership } from '../../src/facts/mesh/membership.ts';
import { meantBy, membersOf, meshName, signs } from '../../src/meshes/signs.ts';
import { namespaceOf } from '../shared/kube/subject.ts';

const findings = {
  'two-meshes': cause('{pod} has proxies of two meshes: {meshes}.', {
    means:
      'Each proxy redirects the connections of the pod to itself; which one gets a connection depends on whose rules were written first. The policies and metrics of the other mesh miss that connection.',
  }),
  'no-runbook': symptom('{pod} is in the {mesh} mesh, and meshdoc has no runbook for that.', {
    means: 'Only faults that any pod can have were checked.',
  }),
};

const tell = tells(findings);

/** How to keep a mesh out of the pods of a workload: what to write into its template, and its value now. */
type Out = {
  readonly mesh: string;
  readonly field: 'labels' | 'annotations';
  readonly key: string;
  readonly value: string;
  readonly now: string | null;
};

/** `known`: meshes that have runbooks. */
export const recogniserFor = (known: readonly string[]) =>
  recogniser({
    asks: 'Which mesh is the pod in?',
    findings,
    uses: [membership, namespace, workloads],
    gather: async (look, { target }) => {
      const one = target.is === 'pod' ? target.pod : undefined;
      const pod = one && (await look(membership, { pod: one }));
      // What stands around a pod is read only where the pod itself does not show its mesh.
      if (one && pod?.kind === 'known' && pod.value.members.length > 0) return { pod };
      const name = namespaceOf(target);
      const [home, around] = await Promise.all([
        one ? undefined : look(namespace, { name }),
        look(workloads, { namespace: name }),
      ]);
      return { pod, home, around };
    },
    meshes: (got, { target }) => meshesOf(got, target),
    judge: ({ pod: got, around }, { target }) => {
      if (target.is !== 'pod') return around?.kind === 'known' ? clearOf(target) : undefined;
      if (got?.kind !== 'known') return undefined;
      const ref = target.pod;
      const from = [got] as const;
      const proxies = got.value.members.filter(({ mesh }) => mesh !== 'cilium');
      if (proxies.length > 1) {
        const names = proxies.map(({ mesh, as }) => `${meshName(mesh)} (${as})`);
        const fixes = takenOut(got.value);
        return [tell('two-meshes', { pod: ref, meshes: listed(names) }, { from, fixes })];
      }
      const [one] = proxies;
      if (!one) return clear(`${podText(ref)} has no mesh proxy.`);
      const mesh = meshName(one.mesh);
      return known.includes(one.mesh)
        ? clear(`${podText(ref)} is in the ${mesh} mesh: ${one.as}.`)
        : [tell('no-runbook', { pod: ref, mesh }, { from })];
    },
  });

function clearOf(target: Place) {
  return clear(`${placeText(target)} has no pods whose mesh could be seen.`);
}

type Got = {
  readonly pod?: Answer<Membership> | undefined;
  readonly home?: Answer<Namespace> | undefined;
  readonly around?: Answer<Workloads> | undefined;
};

/**
 * Where it is in none, those that somebody may have meant it to be in; none for what nobody meant to be in a mesh.
 * `undefined` where too little was read.
 */
function meshesOf({ pod, home, around }: Got, target: Place): readonly string[] | undefined {
  const one = valueOf(pod);
  if (one && one.members.length > 0) return [...one.members.map(({ mesh }) => mesh), ...one.asked];
  const all = valueOf(around);
  if ((target.is === 'pod' && !one) || !all) return undefined;
  const { labels = {}, annotations = {} } = valueOf(home) ?? {};
  return [
    ...(one ? [...one.asked, ...one.meant] : meantBy(labels, annotations)),
    ...makersOf(all, target, one).flatMap(meantIn),
    ...podsIn(all)
      .flatMap(membersOf)
      .map(({ mesh }) => mesh),
  ];
}

function meantIn({ labels, annotations, template }: Workload): readonly string[] {
  return [...meantBy(labels, annotations), ...meantBy(template.labels, template.annotations)];
}

/** What makes the pod, or is the target. */
function makersOf(
  { workloads: all }: Workloads,
  target: Place,
  one: Membership | undefined,
): readonly Workload[] {
  if (target.is === 'namespace') return all;
  const { kind, name } =
    target.is === 'workload'
      ? { kind: target.resource.kind, name: target.name }
      : (one?.pod.workload ?? {});
  return all.filter((w) => w.kind === kind && w.name === name);
}

function podsIn({ workloads: all, others }: Workloads): readonly Pod[] {
  return [...all.flatMap(({ pods }) => pods), ...others];
}

function outOf(mesh: string, as: string, { pod }: Membership): readonly Out[] {
  const how = signs.find(({ id }) => id === mesh)?.keepsOut(as);
  return how ? [{ mesh: meshName(mesh), ...how, now: pod[how.field][how.key] ?? null }] : [];
}

function takenOut(about: Membership): readonly Fix[] {
  const { workload } = about.pod;
  if (!workload) return [];
  const { kind, name, namespace } = workload;
  const target = `${kind.toLowerCase()}/${name}`;
  const all = about.members.flatMap(({ mesh, as }) => outOf(mesh, as, about));
  return all.map(({ mesh, field, key, value, now }) => {
    const patch = (to: string | null) =>
      kubectl`patch ${target} -n ${namespace} --type=merge
        -p ${JSON.stringify({ spec: { template: { metadata: { [field]: { [key]: to } } } } })}`;
    return {
      does: `Take ${target} out of ${mesh}`,
      run: patch(value),
      risk: 'changes-security',
      touches: `every pod of ${target} in ${namespace}, one after another; policies and mTLS of ${mesh} no longer apply to them`,
      undo: { run: patch(now) },
      verify: meshdoc`diagnose ${target}.${namespace}`,
      note: `Apply only one of these. If the pod template itself contains a proxy, remove it there.`,
    };
  });
}
