// What the API server's answers come to: reachable, on time, and who it takes us for.
import type { Reply } from '../core/ports.ts';
import type { PeerAnswer, ServerAnswer, WhoamiAnswer } from '../core/question.ts';
import { age } from '../core/text.ts';
import type { Approach } from '../core/approach.ts';
import { readCertificates } from '../model/certificates/x509.ts';
import { bad, ok, type Check } from './check.ts';

/** A reply and when it was asked and answered, milliseconds since the epoch. */
export type Timed<T> = { readonly reply: Reply<T>; readonly asked: number; readonly done: number };

const notReached = new Set(['unreachable', 'timed-out', 'unauthenticated', 'unreadable']);

/** Nothing else can be asked either. */
export function isUnreachable(reply: Reply<unknown>): boolean {
  return !reply.ok && notReached.has(reply.why);
}

/** Slower answers are told: a runbook asks dozens of questions. */
const slowMs = 1000;

export function serverCheck(
  { reply, asked, done }: Timed<ServerAnswer>,
  peer: Reply<PeerAnswer> | undefined,
  approach: Approach,
): Check {
  const id = 'server';
  if (!reply.ok) return unanswered(id, reply, peer, approach);
  const took = done - asked;
  const says = `Kubernetes ${reply.value.gitVersion}, answered in ${took} ms`;
  return took > slowMs
    ? bad(id, 'warning', says, 'slow: give runs more time with --timeout and --request-timeout')
    : ok(id, says);
}

function unanswered(
  id: string,
  reply: Extract<Reply<never>, { ok: false }>,
  peer: Reply<PeerAnswer> | undefined,
  approach: Approach,
): Check {
  const [leaf] = peer?.ok ? readCertificates(peer.value.chain.join('')) : [];
  if (leaf) {
    const shown = `what answers shows a certificate for ${leaf.subject || 'nobody'}, issued by ${leaf.issuer || 'nobody'}`;
    return bad(id, 'failed', `${reply.detail}; ${shown}`, intercepted(leaf.issuer, approach));
  }
  const todo: Readonly<Record<string, string>> = {
    unreachable:
      'check the address, the network and the VPN; the line "proxy" says what stands between',
    'timed-out': 'check the network, the VPN and the proxy; --request-timeout waits longer',
    unauthenticated: 'log in again, or choose a context whose credentials are good',
    unreadable: 'something else than the API server answers there: a login page or a proxy',
    forbidden: 'ask for the ClusterRole system:public-info-viewer, which every cluster has',
  };
  const state =
    reply.why === 'forbidden' || reply.why === 'server-error' ? 'not-checked' : 'failed';
  return bad(id, state, reply.detail, todo[reply.why]);
}

/** The CA of the kubeconfig is known, so a stranger's certificate can be told from a renewed one. */
function intercepted(issuer: string, { chosen }: Approach): string {
  const trust = chosen.is === 'chosen' ? chosen.trust : undefined;
  const ours = trust?.is === 'ca' ? readCertificates(trust.certificates) : [];
  if (ours.some(({ subject }) => subject === issuer))
    return 'it bears the name of the CA in the kubeconfig and not its key: the cluster has a new CA; get a new kubeconfig';
  return 'a proxy that opens TLS stands in between, or this is another server: take it off the way (NO_PROXY), or get the kubeconfig of this server';
}

/** Skew beyond this is told; the header counts in seconds, and an answer takes its time. */
const skewMs = 5000;

export function clockCheck({ reply, asked, done }: Timed<ServerAnswer>): Check {
  const id = 'clock';
  const date = reply.ok ? reply.value.date : undefined;
  if (date === undefined) return bad(id, 'not-checked', 'the server told no time');
  // The header cuts off what is less than a second.
  const skew = date + 500 - (asked + done) / 2;
  if (Math.abs(skew) <= skewMs + (done - asked) / 2)
    return ok(id, "within a few seconds of the server's");
  const way = skew > 0 ? 'behind' : 'ahead of';
  return bad(
    id,
    'warning',
    `this machine is ${age(Math.abs(skew))} ${way} the server: certificates and ages are judged wrong by as much`,
    'set the clock of this machine (NTP)',
  );
}

export function identityCheck(reply: Reply<WhoamiAnswer>): Check {
  const id = 'identity';
  if (!reply.ok) {
    const old = reply.why === 'absent' ? ' (Kubernetes 1.28 and later tell it)' : '';
    return bad(id, 'not-checked', `${reply.detail}${old}`);
  }
  const { user, groups } = reply.value;
  if (user === 'system:anonymous')
    return bad(
      id,
      'failed',
      'the server sees an anonymous user',
      'log in, or choose another context',
    );
  const own = groups.filter((group) => group !== 'system:authenticated');
  return ok(id, own.length === 0 ? user : `${user}, of ${own.join(', ')}`);
}
