// Why a proxy has no stream to any istiod, from the most certain reason to none.
import { cite, listed, valueOf, type Answer, type Seen } from '../../../../src/authoring.ts';
import * as read from '../../../../src/model/istio/sync-verdict.ts';
import { revisionOf } from '../../../../src/model/istio/mesh-pod.ts';
import type { PolicyView } from '../../../../src/facts/kube/network-policy.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import type { Input, Sofar, StaleSay } from '../judge.ts';
import { names } from '../slots.ts';

export function connectionFindings(
  policies: Answer<PolicyView> | undefined,
  say: StaleSay,
  { pod: ref, root }: Input,
  sofar: Sofar,
  about: Pod,
): void {
  const seen = received(sofar);
  if (!seen) return;
  const lines = valueOf(sofar.log);
  const lost = lines?.unreachable ?? lines?.ended;
  const now = valueOf(sofar.sync)?.at ?? lines?.refused?.at ?? lost?.at ?? 0;
  const since = read.sinceText(lines?.refused?.at ?? lost?.at, now);
  const slots = { ...names(ref, about), root, since, container: 'istio-proxy' };
  if (lines?.refused) {
    const code = lines.refused.because === 'token' ? 'wrong-token' : 'foreign-root';
    return say(code, { ...slots, reason: read.sentence(lines.refused.text) }, ...seen);
  }
  const blocking = valueOf(policies)?.blocking[0];
  if (blocking && policies?.kind === 'known') {
    const policy = {
      ...slots,
      policy: `${blocking.namespace}/${blocking.name}`,
      way: blocking.way,
      policyName: blocking.name,
      policyNamespace: blocking.namespace,
      selected: JSON.stringify(blocking.podSelector),
    };
    // Not every network enforces policies; that it cannot be dialled is what makes it certain.
    const tell = lines?.unreachable ? say : say.likely;
    return tell('blocked-by-policy', policy, policies, ...seen);
  }
  const revision = revisionOf(about);
  const plane = valueOf(sofar['control-plane']?.plane);
  const others = [...new Set(plane?.istiods.map((i) => i.revision) ?? [])];
  if (revision !== undefined && others.length > 0 && !others.includes(revision)) {
    return say('revision-gone', { ...slots, revision, others: listed(others) }, ...seen);
  }
  if (!lost) return say('not-connected', { pod: ref }, ...seen);
  const tell = lines?.unreachable ? say : say.likely;
  const reason = read.sentence(lost.text);
  return tell('unreachable', { ...slots, reason, policies: policyText(policies) }, ...seen);
}

function received({ sync, log }: Sofar): readonly [Seen, ...Seen[]] | undefined {
  if (sync && sync.kind !== 'unknown') return cite(sync, log);
  return log && log.kind !== 'unknown' ? cite(log) : undefined;
}

function policyText(policies: Answer<PolicyView> | undefined): string {
  return policies?.kind === 'known'
    ? 'No NetworkPolicy of the two namespaces forbids it.'
    : 'Whether a NetworkPolicy forbids it could not be checked.';
}
