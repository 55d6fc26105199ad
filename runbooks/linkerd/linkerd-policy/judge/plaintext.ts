// Why a connection carries no identity, where an authorization requires one.
import { valueOf } from '../../../../src/authoring.ts';
import { linkerdRole } from '../../../../src/model/linkerd/mesh-pod.ts';
import { identityOfCaller } from '../../../../src/model/linkerd/policy/caller.ts';
import { decide, type Tried } from '../../../../src/model/linkerd/policy/decide.ts';
import { refText } from '../../../../src/model/linkerd/policy/refs.ts';
import { sceneOf } from '../../../../src/model/linkerd/policy/picture.ts';
import type { Verdict } from '../../../../src/model/linkerd/policy/verdict.ts';
import type { Case } from '../case.ts';
import type { Reason } from '../refusals.ts';
import { closest } from '../words.ts';

export function plaintextReason(
  c: Case,
  verdict: Verdict,
  tried: readonly Tried[],
): Reason | undefined {
  const { identity, caller, ip: address } = verdict.visit.subject;
  const wantsIdentity = closest(tried)?.fails.some(({ is }) => is === 'no-identity') ?? false;
  if (identity.is !== 'none' || !wantsIdentity) return undefined;
  const { because } = identity;
  if (because.is === 'no-proxy' && caller) return { is: 'caller-not-meshed' };
  if (because.is === 'proxy-uid') {
    return { is: 'caller-proxy-uid', container: because.container, user: because.user };
  }
  if (because.is === 'own-node') return probeReason(c, verdict);
  if (because.is === 'seen') {
    const expected = allowedAs(c, verdict);
    if (expected) return { is: 'connection-plaintext', ...expected };
  }
  // Only the caller's pod would tell why it has no identity, and nobody could be asked who has the address.
  const callers = c.seen.denials?.callers ?? [];
  const guessed = callers.some(({ ip, about }) => ip === address && about.kind === 'unknown');
  return { is: 'caller-plaintext', guessed };
}

/** It says more than that this port needs an identity. */
export function isOwnReason({ is }: Reason): boolean {
  return is === 'connection-plaintext' || is === 'caller-proxy-uid';
}

/** With the identity that its pod gives it, the caller would be allowed. */
function allowedAs({ picture }: Case, { visit, server, request }: Verdict) {
  const { caller, ip } = visit.subject;
  if (!caller || linkerdRole(caller).is === 'none') return undefined;
  const { arrival } = visit;
  const dialed = arrival.servicePort ?? arrival.port;
  const identity = identityOfCaller(caller, dialed, sceneOf(picture).cluster);
  if (identity.is !== 'tls') return undefined;
  const outcome = decide(server, { identity, ip }, request);
  if (outcome.is !== 'allowed') return undefined;
  return { allowing: refText(outcome.by.ref), expected: identity.id };
}

/**
 * The kubelet probes from the address of the node, and may only ask for the paths of the probes (linkerd2
 * policy-controller/k8s/index/src/inbound/index.rs default_inbound_http_routes). It follows a redirect to another path of
 * the same host (kubernetes pkg/probe/http/http.go RedirectChecker; linkerd2 issue 11590).
 */
function probeReason({ picture, seen }: Case, { visit, server }: Verdict): Reason {
  const { port } = visit.arrival;
  const paths = picture.workload.probes.filter((probe) => probe.port === port);
  if (paths.length === 0) return { is: 'caller-plaintext', guessed: false };
  const asked = [...new Set(paths.map(({ path }) => path))];
  const kubelet = { identity: { is: 'none' as const }, ip: visit.subject.ip };
  const denied = asked.filter(
    (path) => decide(server, kubelet, { path, method: 'GET', headers: {} }).is !== 'allowed',
  );
  const isSaid = (valueOf(seen.denials?.events) ?? []).some(
    ({ reason, message }) => reason === 'Unhealthy' && /statuscode: 403/.test(message),
  );
  if (denied.length > 0) {
    return { is: 'probe-denied', paths: denied.join(', '), guessed: !isSaid };
  }
  // Nobody saw the redirect: the kubelet got 403, and the paths of its probes are allowed.
  return { is: 'probe-redirected', paths: asked.join(', '), guessed: true };
}
