// A rule about addresses that does not match, because the proxy sees another one than the author of the rule had in mind.
import { culpritText } from '../../../../src/model/istio/authz/refs.ts';
import type { Missed } from '../../../../src/model/istio/authz/types.ts';
import { meshRole } from '../../../../src/model/istio/mesh-pod.ts';
import { fitsBlock } from '../../../../src/model/kube/match-ip.ts';
import type { Blame } from '../fixes.ts';
import type { At } from '../picture.ts';
import type { Reason } from '../refusals.ts';
import type { Verdict } from '../verdict.ts';
import { requiresText } from '../words.ts';

type Because = Reason & Blame;

/** X-Forwarded-For as it reached the gateway, which logs it with the address of its peer behind it. */
function received(sent: string | null | undefined, logged: string | undefined): readonly string[] {
  const entries = (text: string) => text.split(',').map((entry) => entry.trim());
  return sent ? entries(sent) : entries(logged ?? '').slice(0, -1);
}

/** Only the address keeps the closest rule from matching, and the proxy sees another one than its author thinks. */
export function addressMistake(
  { picture, scene }: At,
  [miss]: readonly Missed[],
  { subject, request, proof }: Verdict,
): Because | undefined {
  const [only, more] = miss?.fails ?? [];
  if (!miss || !only || more || only.field.negated) return undefined;
  const rule = culpritText(miss.rule);
  const requires = requiresText(miss);
  const reads = miss.rule.policy;
  if (only.attribute.is === 'source-ip') {
    const gateway = subject.caller && meshRole(subject.caller).is === 'gateway';
    const client = subject.forwards;
    if (!gateway && client === undefined) return undefined;
    const place = { rule: miss.rule, field: only.field };
    return { is: 'ip-behind-gateway', rule, field: only.field.name, requires, reads, place };
  }
  if (only.attribute.is !== 'remote-ip' || scene.point.is !== 'gateway') return undefined;
  const entries = received(request.headers['x-forwarded-for'], proof?.forwardedFor);
  const wanted = (entry: string) => only.field.values.some((block) => fitsBlock(block, entry));
  const client = entries.find(wanted);
  if (client === undefined) return undefined;
  const needed = entries.length - entries.indexOf(client);
  const trusted = picture.trustedProxies ?? 0;
  const got = only.got ?? 'the address of its peer';
  return { is: 'forwarded-for-ignored', rule, requires, client, got, trusted, needed, reads };
}
