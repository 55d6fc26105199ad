// The evaluator's answers in words.
import { listed, podText, type KubeObject } from '../../../src/authoring.ts';
import type { Counted } from '../../../src/facts/linkerd/policy/counters.ts';
import { logMinutes } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Plaintext } from '../../../src/model/linkerd/policy/caller.ts';
import type { Failed, Tried } from '../../../src/model/linkerd/policy/decide.ts';
import type { Request } from '../../../src/model/linkerd/policy/match.ts';
import { refText } from '../../../src/model/linkerd/policy/refs.ts';
import type { Clients, Network } from '../../../src/model/linkerd/policy/types.ts';
import type { Subject, Visit } from '../../../src/model/linkerd/policy/verdict.ts';

/** As many names as a sentence bears. */
export const mostNames = 3;

export function upperFirst(text: string): string {
  return text.replace(/^[a-z]/, (first) => first.toUpperCase());
}

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
  return tried.toSorted((a, b) => a.fails.length - b.fails.length)[0];
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

function failedText(failed: Failed): string {
  switch (failed.is) {
    case 'network':
      return `it is for ${listed(failed.networks.map(networkText), mostNames)}`;
    case 'no-identity':
      return `it wants ${clientsText(failed.wants)}, and the connection carries no identity`;
    case 'other-identity':
      return `it is for ${clientsText(failed.wants)}`;
  }
}

function networkText({ cidr, except }: Network): string {
  return except.length === 0 ? cidr : `${cidr} without ${listed(except)}`;
}

function clientsText(clients: Clients): string {
  if (clients.is === 'anyone') return 'anyone';
  if (clients.is === 'any-tls') return 'any caller with mutual TLS';
  const ends = clients.ends.map((end) => (end === '' ? 'any identity' : `*${end}`));
  return listed([...clients.exact, ...ends], mostNames);
}

/** What the proxy itself tells of such requests. */
export function seenText({ subject }: Visit): string | undefined {
  const logged = subject.seen.reduce((sum, { times }) => sum + times, 0);
  if (logged > 0) {
    const times = logged === 1 ? 'once' : `${logged} times`;
    return `The proxy logged it as denied ${times} in the last ${logMinutes} minutes.`;
  }
  const grown = grownBy(subject.counted.filter(({ what }) => what === 'denied'));
  return grown > 0
    ? `The proxy's counter of denials grew by ${grown} while meshdoc looked.`
    : undefined;
}

export function grownBy(all: readonly Counted[]): number {
  return all.reduce((sum, { now }) => sum + now, 0);
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
