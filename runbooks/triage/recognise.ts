// Which mesh the pod is in, where no runbook is named: each mesh has its own runbooks.
import {
  cause,
  clear,
  kubectl,
  listed,
  meshdoc,
  podText,
  recogniser,
  symptom,
  tells,
  type Fix,
} from '../../src/authoring.ts';
import { membership, type Membership } from '../../src/facts/mesh/membership.ts';
import { meshName, signs } from '../../src/meshes/signs.ts';

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
    uses: [membership],
    gather: (look, { pod }) => look(membership, { pod }),
    meshes: (got) => (got.kind === 'known' ? meshesOf(got.value) : undefined),
    judge: (got, { pod: ref }) => {
      if (got.kind !== 'known') return undefined;
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

function meshesOf({ members, asked }: Membership): readonly string[] | undefined {
  const inside = members.map(({ mesh }) => mesh);
  const all = inside.length > 0 ? inside : asked;
  return all.length > 0 ? all : undefined;
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
