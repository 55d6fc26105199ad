// Whether the proxy gets a certificate. Its CA is istiod unless CA_ADDR names another, such as istio-csr; then istiod may
// serve config as ever while no pod becomes ready.
import {
  cite,
  skip,
  valueOf,
  type Answer,
  type Found,
  type Known,
} from '../../../../src/authoring.ts';
import type { Failure } from '../../../../src/facts/istio/proxy-log-lines.ts';
import type { ProxyLog } from '../../../../src/facts/istio/proxy-log.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import {
  calledService,
  outageOf,
  type BackendState,
} from '../../../../src/facts/kube/webhook-backend.ts';
import type { SyncView } from '../../../../src/facts/istio/sync-view.ts';
import { meshRole, proxyOf } from '../../../../src/model/istio/mesh-pod.ts';
import { failingNow, peersOf, type Address } from '../../../../src/model/istio/peers.ts';
import { sentence, sinceText } from '../../../../src/model/istio/sync-verdict.ts';
import * as fixes from '../fixes.ts';
import { tell } from '../says.ts';
import { about, stale, tooYoung } from './pod.ts';
import { log, sync } from './stream.ts';

const witnesses = { about, log, sync };

export const certificate = stale({
  id: 'certificate',
  asks: 'Does the proxy get a certificate from its CA?',
  why: 'Without one the pod never becomes ready, even when istiod serves it.',
  rulesOut: 'a CA that gives no certificate',
  uses: [calledService],
  after: witnesses,
  gather: async (look, _, { about, log, sync }) => {
    const failing = failingAt(valueOf(about), log, valueOf(sync));
    const { service, port = 0 } = { ...failing?.ca };
    if (!service || failing?.why.because !== 'unreachable') return undefined;
    return look(calledService, { ...service, port, caller: 'the proxy' });
  },
  sees: witnesses,
  judge: (behind, { about, log, sync }) => {
    if (about?.kind !== 'known' || log?.kind !== 'known') return;
    const me = about.value;
    const failing = failingAt(me, log, valueOf(sync));
    if (failing) return [withoutCertificate(failing, me, log, behind)];
    return isProven(me, log.value) ? [] : (tooYoung(about) ?? skip(unproven));
  },
});

const unproven = 'its log does not say whether it got a certificate';

/** A proxy that is ready got one. */
function isProven(me: Pod, { ca }: ProxyLog): boolean {
  return !ca.failing && (ca.reached !== undefined || proxyOf(meshRole(me))?.ready === true);
}

type Failing = { readonly ca: Address | undefined; readonly why: Failure };

/**
 * A CA that is not istiod; or istiod, where it serves config and yet signs nothing. Where istiod does neither, the
 * connection tells why.
 */
function failingAt(
  me: Pod | undefined,
  log: Answer<ProxyLog>,
  view: SyncView | undefined,
): Failing | undefined {
  if (!me || log.kind !== 'known') return undefined;
  const { ca, same } = peersOf(proxyOf(meshRole(me)), log.value);
  const why = failingNow(log.value.ca, Date.parse(log.evidence.at));
  if (!why) return undefined;
  if (!same) return { ca, why };
  const connected = log.value.istiod.reached?.at;
  const serves = (view?.streams.length ?? 0) > 0;
  // What failed before istiod was reached is most likely over: the CA is at the same address.
  return serves && (connected === undefined || (why.at ?? 0) > connected) ? { ca, why } : undefined;
}

function withoutCertificate(
  { ca, why }: Failing,
  me: Pod,
  log: Known<ProxyLog>,
  behind: Answer<BackendState> | undefined,
): Found {
  const pod = me.ref;
  const text = ca?.text ?? 'whose address was not read';
  const slots = { pod, ca: text, reason: sentence(why.reason), effect: effectOn(me) };
  const since = sinceText(why.since ?? why.at, Date.parse(log.evidence.at));
  const rest = { from: cite(log, behind), since };
  switch (why.because) {
    case 'token':
      return tell('ca-rejects-token', slots, { ...rest, fixes: fixes.readToken(me) });
    case 'authority':
    case 'name':
    case 'time':
    case 'certificate':
      return tell(
        'ca-not-trusted',
        { ...slots, because: distrust[why.because] },
        {
          ...rest,
          fixes: why.because === 'name' ? fixes.readCaName(pod, ca) : fixes.readCa(pod, ca),
        },
      );
    case 'unreachable': {
      const outage = behind?.kind === 'known' ? outageOf(behind.value) : undefined;
      const behindIt = outage && `The reason: ${outage}.`;
      return tell(
        'ca-unreachable',
        { ...slots, outage: behindIt },
        { ...rest, fixes: fixes.findCa(pod, ca) },
      );
    }
  }
}

const distrust = {
  authority: 'its certificate is signed by a root that the pod does not have',
  name: 'its certificate is not for the name that the proxy calls',
  time: 'a certificate in its chain is outside its validity',
  certificate: 'its certificate is not valid',
} as const;

function effectOn({ ready }: Pod): string {
  return ready
    ? 'The proxy keeps the certificate that it has until that expires; new pods never become ready.'
    : 'Without a certificate the proxy applies no config, and the pod does not become ready.';
}
