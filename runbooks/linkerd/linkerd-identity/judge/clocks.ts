// How `linkerd-identity` concludes whose clock is wrong, as far as two clocks can be told apart.
import { age, cite, podText, valueOf, type Found, type Rest } from '../../../../src/authoring.ts';
import { time } from '../../../../src/model/kube/read.ts';
import type { Case } from '../case.ts';
import * as fixes from '../fixes.ts';
import { SKEW_MS } from '../leaf.ts';
import { tell } from '../says.ts';

/** One finding: the surest. */
export function ofClocks(c: Case): readonly Found[] {
  const skews = [...inProxyLogs(c), ...ofThisMachine(c), ...ofIdentity(c), ...inLeafs(c)];
  return skews.slice(0, 1).map(({ whose, by, line, from }) => {
    const rest = { from, sure: false, fixes: [fixes.seeClocks(c.install)] };
    return tell('clock-skew', { whose, by: age(by), line }, rest);
  });
}

type Skew = Pick<Rest, 'from'> & {
  readonly whose: string;
  readonly by: number;
  readonly line: string;
};

/** rustls tells the proxy's clock and the certificate's bound. A new certificate is only too early for a slow clock. */
function inProxyLogs({ seen: { proxies = [] } }: Case): readonly Skew[] {
  return proxies.flatMap(({ pod, trouble }) => {
    const failure = valueOf(trouble)?.failure;
    if (trouble?.kind !== 'known' || failure?.because !== 'not-yet') return [];
    const { clock = 0, bound = 0, line } = failure;
    const of = pod.node === undefined ? podText(pod.ref) : `node ${pod.node}`;
    const whose = `The clock of ${of} or of linkerd-identity`;
    const by = Math.max(0, bound - clock) + SKEW_MS;
    return [{ whose, by, line: logWords(line), from: cite(trouble) }];
  });
}

/** Nothing in a cluster was created in the future: the API server's clock is ahead of ours. */
function ofThisMachine({ seen: { pods }, now }: Case): readonly Skew[] {
  if (pods?.kind !== 'known') return [];
  const created = pods.value.pods.flatMap((pod) => time(pod.created) ?? []);
  const by = Math.max(...created, -Infinity) - now;
  if (!(by > SKEW_MS)) return [];
  const line = 'by the clock of the API server, a pod was created in the future';
  return [{ whose: 'The clock of this machine', by, line, from: cite(pods) }];
}

const whose = 'The clock of linkerd-identity or of this machine';

function ofIdentity({ seen, issuer: { aheadMs } }: Case): readonly Skew[] {
  const { service, proxies = [] } = seen;
  const metric = service?.metrics.find((answer) => answer.kind === 'known');
  if (aheadMs === undefined || !metric) return [];
  const way = aheadMs > 0 ? 'less' : 'more';
  return [
    {
      whose,
      by: Math.abs(aheadMs),
      line: `linkerd-identity reports ${way} time left for its issuer than this machine's clock gives`,
      from: cite(metric, proxies[0]?.certificate),
    },
  ];
}

function inLeafs({ seen: { proxies = [] } }: Case): readonly Skew[] {
  return proxies.flatMap(({ pod, certificate, presented }) => {
    if (certificate.kind !== 'known' || presented?.state !== 'early') return [];
    const line = `the certificate of ${podText(pod.ref)} begins in the future`;
    // It was issued 20 seconds after its own beginning.
    const by = presented.leaf.from - presented.now + SKEW_MS;
    return [{ whose, by, line, from: cite(certificate) }];
  });
}

/** What a proxy's log says, without where and when it says so. */
export function logWords(line: string): string {
  return line
    .replace(/^.*?(Failed to obtain identity|Waiting for identity|invalid peer)/, '$1')
    .replace(/(?<!\.)\.+$/, '');
}
