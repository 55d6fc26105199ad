// The evaluator's answers in words.
import { listed, podText, type KubeObject } from '../../../src/authoring.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Plaintext } from '../../../src/model/linkerd/policy/caller.ts';
import type { Failed, Tried } from '../../../src/model/linkerd/policy/decide.ts';
import { logMinutes } from '../../../src/facts/linkerd/policy/denial-log.ts';
import type { Request } from '../../../src/model/linkerd/policy/match.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import type { Clients, Network, Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { Subject, Visit } from '../../../src/model/linkerd/policy/verdict.ts';

export function subjectText({ caller, identity, ip }: Subject): string {
  if (caller) return `${podText(caller.ref)} (service account ${caller.serviceAccount})`;
  if (identity.is === 'tls') return identity.id;
  return ip ?? 'an unknown caller';
}

/** `GET /api at port 8080`, `port 8080` */
export function requestText({ path, method }: Request, port: number): string {
  const words = [method, path].filter((word) => word !== undefined).join(' ');
  return words === '' ? `port ${port}` : `${words} at port ${port}`;
}

export function plaintextText(because: Plaintext): string {
  switch (because.is) {
    case 'no-proxy':
      return 'the caller has no proxy';
    case 'host-network':
      return "the caller is on its node's own network, where Linkerd has no proxy";
    case 'skipped':
      return `the caller's proxy is told to leave port ${because.port} alone (skip-outbound-ports)`;
    case 'seen':
      return "the destination's proxy saw no mutual TLS";
  }
}

/** The one that is nearest to letting the caller through. */
export function closest(tried: readonly Tried[]): Tried | undefined {
  return tried.reduce<Tried | undefined>(
    (best, one) => (best === undefined || one.fails.length < best.fails.length ? one : best),
    undefined,
  );
}

export function failedText(failed: Failed): string {
  switch (failed.is) {
    case 'network':
      return `it is for ${networksText(failed.networks)}`;
    case 'no-identity':
      return `it wants ${clientsText(failed.wants)}, and the connection carries no identity`;
    case 'other-identity':
      return `it is for ${clientsText(failed.wants)}`;
  }
}

export function closestText(tried: readonly Tried[]): string {
  const one = closest(tried);
  if (!one) return 'no authorization is there';
  const why = listed(one.fails.map(failedText));
  const name = refText(one.authz.ref);
  return tried.length === 1
    ? `${name} is all there is, and ${why}`
    : `${name} comes closest: ${why}`;
}

export function clientsText(clients: Clients): string {
  if (clients.is === 'anyone') return 'anyone';
  if (clients.is === 'any-tls') return 'any caller with mutual TLS';
  const all = [
    ...clients.exact,
    ...clients.ends.map((end) => (end === '' ? 'any identity' : `*${end}`)),
  ];
  return some(all);
}

function networksText(networks: readonly Network[]): string {
  return some(
    networks.map(({ cidr, except }) =>
      except.length === 0 ? cidr : `${cidr} without ${listed(except)}`,
    ),
  );
}

function some(all: readonly string[]): string {
  const shown = all.slice(0, 3);
  const more = all.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : listed(shown);
}

/** What the proxy itself tells of such requests. */
export function seenText({ subject }: Visit): string | undefined {
  const logged = subject.seen.reduce((sum, { times }) => sum + times, 0);
  if (logged > 0) {
    const times = logged === 1 ? 'once' : `${logged} times`;
    return `The proxy logged it as denied ${times} in the last ${logMinutes} minutes.`;
  }
  const now = subject.counted.filter((c) => c.what === 'denied').reduce((s, c) => s + c.now, 0);
  return now > 0
    ? `The proxy's counter of denials grew by ${now} while meshdoc looked.`
    : undefined;
}

export function routesText(refs: readonly Ref[]): string {
  return some(refs.map(refText));
}

/** What not to do where somebody else owns the policy. */
export function ownedText(policy: KubeObject): string | undefined {
  const owner = ownerOf(policy);
  return owner && `Do not edit ${nameOf(policy)} by hand: ${owner} owns it and puts it back.`;
}

/** `AuthorizationPolicy shop/allow-web` */
export function policyText(policy: KubeObject): string {
  return `${policy.kind} ${nameOf(policy)}`;
}
