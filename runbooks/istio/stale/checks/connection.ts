// Why a proxy has no stream to any istiod, from the most certain reason to none.
import {
  cite,
  listed,
  skip,
  valueOf,
  type Answer,
  type Answers,
  type Found,
  type Rest,
} from '../../../../src/authoring.ts';
import { policiesBetween, type PolicyView } from '../../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import { revisionOf } from '../../../../src/model/istio/mesh-pod.ts';
import { sentence, sinceText } from '../../../../src/model/istio/sync-verdict.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { plane } from './control-plane.ts';
import { about, stale } from './pod.ts';
import { log, sync } from './stream.ts';

const earlier = { about, plane, sync, log };
type Sofar = Partial<Answers<typeof earlier>>;

export const connection = stale({
  id: 'connection',
  asks: 'Is the proxy connected to istiod, and if not, why?',
  why: 'A proxy without a stream keeps its last config and looks healthy until something changes.',
  rulesOut: 'a lost connection to istiod',
  uses: [policiesBetween],
  after: earlier,
  gather: async (look, { pod, root }, { about, sync, log, plane }) => {
    const me = valueOf(about);
    const gone =
      sync.kind === 'known'
        ? sync.value.streams.length === 0
        : valueOf(log)?.unreachable !== undefined;
    if (!gone || !me) return undefined;
    const istiods = valueOf(plane.plane)?.istiods ?? [];
    const to = istiods.map((i) => ({ namespace: root, labels: i.pod.labels, ip: i.pod.ip }));
    const from = { namespace: pod.namespace, labels: me.labels, ip: me.ip };
    return look(policiesBetween, { from, to, toNamespace: root, port: 15_012 });
  },
  sees: earlier,
  judge: (policies, seen, { root }) => {
    const me = valueOf(seen.about);
    const view = valueOf(seen.sync);
    if (!me || (view?.streams.length ?? 0) > 0) return;
    const missing = view !== undefined && view.silent.length === 0;
    const lines = valueOf(seen.log);
    if (!missing && !lines?.refused && !lines?.unreachable) {
      return skip('it is unknown whether the proxy is connected');
    }
    const from = received(seen);
    return from && [disconnected({ me, policies, seen, from, root })];
  },
});

type Case = {
  readonly me: Pod;
  readonly policies: Answer<PolicyView> | undefined;
  readonly seen: Sofar;
  readonly from: Rest['from'];
  readonly root: string;
};

function received({ sync, log }: Sofar): Rest['from'] | undefined {
  if (sync && sync.kind !== 'unknown') return cite(sync, log);
  return log && log.kind !== 'unknown' ? cite(log) : undefined;
}

function disconnected({ me, policies, seen, from, root }: Case): Found {
  const pod = me.ref;
  const { refused, unreachable, ended } = valueOf(seen.log) ?? {};
  const lost = unreachable ?? ended;
  const at = refused?.at ?? lost?.at;
  const rest = { from, since: sinceText(at, valueOf(seen.sync)?.at ?? at ?? 0) };
  if (refused) {
    const slots = { pod, reason: sentence(refused.text) };
    return refused.because === 'token'
      ? tell('wrong-token', slots, { ...rest, fixes: fixes.renewToken(me) })
      : tell('foreign-root', slots, { ...rest, fixes: fixes.renewRoot(me) });
  }
  // Not every network enforces policies: only a failed connection makes it certain.
  const sure = unreachable !== undefined;
  const blocking = valueOf(policies)?.blocking[0];
  if (blocking && policies?.kind === 'known') {
    const { namespace, name, way } = blocking;
    return tell(
      'blocked-by-policy',
      { pod, resource: `NetworkPolicy ${namespace}/${name}`, way },
      {
        ...rest,
        from: cite(policies, ...from),
        sure,
        fixes: fixes.allowBeside(blocking, root, pod),
      },
    );
  }
  const revision = revisionOf(me);
  const revisions = valueOf(seen.plane?.plane)?.istiods.map((i) => i.revision) ?? [];
  if (revision !== undefined && revisions.length > 0 && !revisions.includes(revision)) {
    const slots = { pod, revision, root, others: listed([...new Set(revisions)]) };
    return tell('revision-gone', slots, { from, fixes: fixes.takeRevision(me) });
  }
  if (!lost) return tell('not-connected', { pod }, { from });
  const slots = { pod, reason: sentence(lost.text), policies: policyText(policies) };
  return tell('unreachable', slots, { ...rest, sure, fixes: fixes.followPath(pod, root) });
}

function policyText(policies: Answer<PolicyView> | undefined): string {
  return policies?.kind === 'known'
    ? 'No NetworkPolicy in the two namespaces blocks it, so check DNS, the CNI and node firewalls.'
    : 'NetworkPolicies could not be checked; check them, DNS, the CNI and node firewalls.';
}
