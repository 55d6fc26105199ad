// The evaluator's answers in words.
import { count, listed, podText, type KubeObject } from '../../../src/authoring.ts';
import type { Counted } from '../../../src/facts/linkerd/policy/counters.ts';
import { logMinutes } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { nameOf } from '../../../src/facts/linkerd/policy/objects.ts';
import { ownerOf } from '../../../src/model/kube/origin.ts';
import type { Plaintext } from '../../../src/model/linkerd/policy/caller.ts';
import type { Failed, Tried } from '../../../src/model/linkerd/policy/decide.ts';
import type { Request } from '../../../src/model/linkerd/policy/match.ts';
import { kindText, refText } from '../../../src/model/linkerd/policy/refs.ts';
import type { Clients, Network, Ref } from '../../../src/model/linkerd/policy/types.ts';
import type { Subject, Visit } from '../../../src/model/linkerd/policy/verdict.ts';

/** At most so many names in one sentence. */
export const mostNames = 3;

export function upperFirst(text: string): string {
  return text.replace(/^[a-z]/, (first) => first.toUpperCase());
}

export function subjectText({ caller, identity, ip }: Subject): string {
  if (caller) return `${podText(caller.ref)} (service account ${caller.serviceAccount})`;
  if (identity.is === 'tls') return identity.id;
  return ip ?? 'an unknown caller';
}

/** `GET /api on port 8080`, `port 8080` */
export function requestText({ path, method }: Request, port: number): string {
  const words = [method, path].filter((word) => word !== undefined).join(' ');
  return words === '' ? `port ${port}` : `${words} on port ${port}`;
}

export function plaintextText(because: Plaintext): string {
  switch (because.is) {
    case 'no-proxy':
      return 'it has no Linkerd proxy';
    case 'host-network':
      return 'it uses the network of its node, where Linkerd has no proxy';
    case 'skipped':
      return `its proxy skips port ${because.port} (skip-outbound-ports)`;
    case 'proxy-uid':
      return `container ${because.container} runs as user ${because.user}, as its proxy does`;
    case 'own-node':
      return "this is the address of the pod's own node (the kubelet, a pod on its network, or a NodePort)";
    case 'seen':
      return "the destination's proxy saw no mutual TLS";
  }
}

/** The one that comes closest to allowing the caller. */
export function closest(tried: readonly Tried[]): Tried | undefined {
  return tried.toSorted((a, b) => a.fails.length - b.fails.length)[0];
}

export function closestText(tried: readonly Tried[]): string {
  const one = closest(tried);
  if (!one) return 'no authorization applies';
  const why = listed(one.fails.map(failedText));
  const name = refText(one.authz.ref);
  return tried.length === 1
    ? `${name} is the only authorization: ${why}`
    : `${name} comes closest: ${why}`;
}

function failedText(failed: Failed): string {
  switch (failed.is) {
    case 'network':
      return `it allows only the network ${listed(failed.networks.map(networkText), mostNames)}`;
    case 'no-identity':
      return `it requires ${clientsText(failed.wants)}, and the connection carries no identity`;
    case 'other-identity':
      return `it allows ${clientsText(failed.wants)}, not this caller`;
  }
}

function networkText({ cidr, except }: Network): string {
  return except.length === 0 ? cidr : `${cidr} except ${listed(except)}`;
}

export function clientsText(clients: Clients): string {
  if (clients.is === 'anyone') return 'anyone';
  if (clients.is === 'any-tls') return 'mutual TLS';
  const ends = clients.ends.map((end) => (end === '' ? 'any identity' : `*${end}`));
  return listed([...clients.exact, ...ends], mostNames);
}

/** How often the proxy itself reports such a denial. */
export function seenText({ subject }: Visit): string | undefined {
  const logged = subject.seen.reduce((sum, { times }) => sum + times, 0);
  const denied = subject.counted.filter(({ what }) => what === 'denied');
  const ever = denied.reduce((sum, one) => sum + one.ever, 0);
  const inLog = `${count(logged, 'denial')} in the proxy's log in the last ${logMinutes} minutes`;
  // The log may be cut off, and does not tell what came before; the counters are whole.
  if (ever <= logged) return logged === 0 ? undefined : inLog;
  const counts = `${count(ever, 'denial')} counted since the proxy started, ${grownBy(denied)} of them while meshdoc watched`;
  return logged === 0 ? counts : `${inLog}; ${counts}`;
}

export function grownBy(all: readonly Counted[]): number {
  return all.reduce((sum, { now }) => sum + now, 0);
}

/** What not to do if something else manages the policy. */
export function ownedText(policy: KubeObject): string | undefined {
  const owner = ownerOf(policy);
  return owner && `Do not edit ${nameOf(policy)} by hand: ${owner} owns it and reverts the change.`;
}

/** `Server shop/web`; a default has no namespace. */
export function refIn(ref: Ref, namespace: string): string {
  return ref.kind === 'default' ? refText(ref) : `${kindText(ref.kind)} ${namespace}/${ref.name}`;
}

/** `AuthorizationPolicy shop/allow-web` */
export function policyText(policy: KubeObject): string {
  return `${policy.kind} ${nameOf(policy)}`;
}
