// What is known about a destination, with the answers as evidence.
import {
  cite,
  podText,
  valueOf,
  type Answer,
  type Rest,
  type Seen,
} from '../../../../src/authoring.ts';
import type { MeshConfig } from '../../../../src/facts/istio/mesh-config.ts';
import type { Namespace } from '../../../../src/facts/kube/namespace.ts';
import { selects } from '../../../../src/model/kube/labels.ts';
import { trustedProxies } from '../../../../src/model/istio/trusted-proxies.ts';
import type { Gathered } from '../gathered.ts';
import type { ServicePorts } from '../../../../src/facts/kube/service-named.ts';
import { atOf, pointOf, type At, type Picture } from '../picture.ts';
import type { Verdict } from '../verdict.ts';
import type { Subject } from '../visits.ts';
import { callerText, isAboutKeys, seenText } from '../words.ts';
import type { Input } from '../../../shared/request.ts';

export type Known = At & { readonly policies: Seen; readonly seen: Gathered };

export function knownOf({ dst, root }: Input, seen: Gathered): Known | undefined {
  const pod = valueOf(seen.destination?.about);
  const point = pod && pointOf(pod);
  const { policies } = seen;
  if (!pod || !point || policies?.kind !== 'known') return undefined;
  const picture = {
    destination: dst,
    pod,
    services: valueOf(seen.destination?.services),
    mesh: valueOf(seen.mesh),
    policies: policies.value,
    proxy: valueOf(seen.proxy),
    authorizer: foundAuthorizer(seen.beside?.authorizer),
    undiscovered: isUndiscovered(valueOf(seen.mesh), valueOf(seen.beside?.discovery)),
    trustedProxies: trustedProxies(pod, valueOf(seen.mesh)),
    root,
    now: Date.parse(policies.evidence.at),
  };
  return { ...atOf(picture, point), policies, seen };
}

function foundAuthorizer(answer: Answer<ServicePorts> | undefined): Picture['authorizer'] {
  return answer?.kind === 'absent' ? 'absent' : valueOf(answer);
}

function isUndiscovered(mesh: MeshConfig | undefined, own: Namespace | undefined): boolean {
  const selectors = mesh?.discoverySelectors ?? [];
  if (!own || selectors.length === 0 || own.name === mesh?.rootNamespace) return false;
  return !selectors.some((selector) => selects(selector, own.labels));
}

/** The evidence of every finding about one request. */
export function restOf(known: Known, verdict: Verdict): Rest {
  const { policies, seen } = known;
  const { subject, request, proof, is } = verdict;
  const { caller, about } = subject;
  return {
    from: cite(
      policies,
      seen.proxy,
      proof && seen.refusals?.log,
      about,
      is.is === 'denied' && is.by.is === 'custom-broken' ? seen.beside?.authorizer : undefined,
      seen.now,
      seen.mesh,
    ),
    sure: isSure(known, verdict),
    reach: proof && seenText(proof),
    about: { src: callerText(subject), port: request.port },
    ...(caller ? { goesOn: podText(caller.ref) } : {}),
  };
}

function isSure({ proxy, picture }: Known, { is, sure, subject }: Verdict): boolean {
  if (is.is === 'contradicted' || is.is === 'unknown') return false;
  // What an address that is nobody's would mean is not known while nobody could look whose it is.
  if (isUnread(subject)) return false;
  // Without Services it is not known whether the port is in none.
  if (is.is === 'denied' && picture.services === undefined) return sure && !lacksSidecar(subject);
  // Without the keys in the proxy it is not known whether they are the real ones.
  if (is.is === 'elsewhere' && is.line.by.is === 'jwt' && isAboutKeys(is.line.by.reason))
    return picture.proxy?.is === 'heard';
  // The application is the sure cause only if no policy in the proxy can be the one that refuses.
  if (is.is === 'elsewhere') return is.line.by.is !== 'application' || proxy.is !== 'differs';
  return sure;
}

function isUnread({ caller, ip, about }: Subject): boolean {
  return caller === undefined && ip !== undefined && about?.kind === 'unknown';
}

function lacksSidecar({ identity }: Subject): boolean {
  return identity.is === 'plaintext' && identity.because.is === 'no-sidecar';
}
