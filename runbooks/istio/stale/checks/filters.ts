// The EnvoyFilters for the pod: whether its proxy has what they add.
import { cite, listed, skip, valueOf } from '../../../../src/authoring.ts';
import { envoyFilters } from '../../../../src/facts/istio/envoy-filters.ts';
import { meshRole, proxyName, proxyOf } from '../../../../src/model/istio/mesh-pod.ts';
import { refusalsOf } from '../../../../src/model/istio/sync-verdict.ts';
import { imageVersion } from '../../../../src/model/istio/version.ts';
import { about, stale } from './pod.ts';
import { withoutEffect } from './routing.ts';
import { envoy, log, sync } from './stream.ts';

export const filters = stale({
  id: 'filters',
  asks: 'Do the EnvoyFilters for this pod have an effect?',
  why: 'istiod silently skips a patch whose anchor or proxyVersion fits nothing.',
  rulesOut: 'an EnvoyFilter without effect',
  uses: [envoyFilters],
  after: { about, sync, envoy, log },
  when: ({ about, sync, envoy, log }) => {
    const is = about.kind === 'known' ? meshRole(about.value).is : 'none';
    if (is !== 'sidecar' && is !== 'gateway') return skip('it is no sidecar and no gateway');
    const rejects = refusalsOf(valueOf(sync), valueOf(envoy), valueOf(log)).length > 0;
    return !rejects || skip('Envoy rejects a push, so it has older filters');
  },
  gather: (look, { pod, root }, { about }) => {
    const me = valueOf(about);
    const role = me && meshRole(me);
    const image = role && proxyOf(role)?.image;
    return look(envoyFilters, {
      pod,
      root,
      container: proxyName,
      proxy: {
        role: role?.is === 'gateway' ? 'gateway' : 'sidecar',
        labels: me?.labels ?? {},
        version: /^\d+\.\d+\.\d+/.exec(imageVersion(image ?? '') ?? '')?.[0],
      },
    });
  },
  judge: (got, _, { pod }) => {
    if (got.kind !== 'known') return;
    const { judged } = got.value;
    const lost = judged.flatMap(({ verdict }) =>
      verdict.is === 'without-effect' ? [withoutEffect(verdict.problem, cite(got), pod)] : [],
    );
    if (lost.length > 0) return lost;
    const open = judged.filter(({ verdict }) => verdict.is === 'not-judged');
    const names = listed(open.slice(0, 2).map(({ name }) => name));
    const more = open.length > 2 ? ` and ${open.length - 2} more` : '';
    return open.length === 0 ? [] : skip(`EnvoyFilter ${names}${more} cannot be judged`);
  },
});
