// What would tell whether the request is allowed, where that is not known.
import { listed, valueOf, type Found } from '../../../../src/authoring.ts';
import { asIdentity } from '../../../../src/model/linkerd/policy/caller.ts';
import { decide, isTcp, type Outcome } from '../../../../src/model/linkerd/policy/decide.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import { evidenceOf, type Case } from '../case.ts';
import { requestOf } from '../request.ts';
import { tell } from '../says.ts';

type Unknown = Extract<Outcome, { is: 'unknown' }>;

/** A caller that could not be read is a gap already. */
export function unknown(c: Case, verdict: Verdict, { mayBe, on }: Unknown): readonly Found[] {
  if (!valueOf(c.seen.caller)) return [];
  const isRoute = on.includes('route');
  const what = [
    ...(isRoute ? openIn(verdict) : []),
    ...(on.includes('address') ? ["the caller's address"] : []),
  ];
  const ways = Object.entries({ allowed: 'allowed', denied: 'denied', 'no-route': 'answered 404' })
    .filter(([is]) => mayBe.some((one) => one.is === is))
    .map(([, text]) => text);
  const options = [
    `It may be ${ways.join(' or ')}.`,
    ...(isRoute ? ['Tell more with --path, --method and --header.'] : []),
    ...(on.includes('address') ? [addressText(verdict)] : []),
  ];
  const slots = {
    ...requestOf(c.picture, verdict),
    what: listed(what),
    options: options.join(' '),
  };
  return [tell('hangs-on', slots, { from: evidenceOf(c, verdict) })];
}

function openIn({ request: { path, method }, server }: Verdict): readonly string[] {
  if (isTcp(server)) return [];
  const open = [
    ...(path === undefined ? ['the path'] : []),
    ...(method === undefined ? ['the method'] : []),
  ];
  return open.length > 0 ? open : ['its headers or host'];
}

/** A pod on the network of its node connects from an address of the node, and not always from the one of its status. */
function addressText({ visit, server, request }: Verdict): string {
  const { identity, caller } = visit.subject;
  const ip = caller?.ip;
  if (ip === undefined) return 'The address of the caller is not known.';
  const { is } = decide(server, { identity: asIdentity(identity), ip }, request);
  const then = is === 'denied' || is === 'allowed' ? ` From ${ip} it would be ${is}.` : '';
  return `It is on the network of its node and may come from any address of the node.${then} A denial leaves the address in the log of the destination's proxy.`;
}
