// How long the issuer is still valid that an identity process holds in memory. It can differ from the one in the Secret:
// the process has missed a change of the Secret before (linkerd2 issue 15109). linkerd2 pkg/identity/service.go getIssuerCertTTL.
import { fact, type Fetched, needsPort } from '../../../core/fact.ts';
import type { HttpQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure, readReply } from '../../kube/ask.ts';
import { readMetrics } from '../../metrics-text.ts';
import { isoText } from '../../../model/certificates/text.ts';
import { linkerd } from '../../../meshes/linkerd/commands.ts';

export type RunningIssuer =
  | {
      readonly is: 'answered';
      /** When it ends, if that process's clock and ours agree; `undefined`: it holds no issuer. */
      readonly until: number | undefined;
      readonly now: number;
    }
  | { readonly is: 'none'; readonly because: string; readonly now?: undefined };

export type MetricArgs = { readonly pod: PodRef };
const metric = 'issuer_cert_ttl_seconds';

export const runningIssuer = fact({
  name: 'linkerd/running-issuer',
  asks: ({ pod }: MetricArgs) => `when the issuer expires that ${podText(pod)} signs with`,
  byHand: () => linkerd`diagnostics controller-metrics`,
  needs: [needsPort('mesh-root')],
  timeoutMs: 6000,
  fetch: async (ports, { pod }, signal): Promise<Fetched<RunningIssuer>> => {
    // linkerd2 charts/linkerd-control-plane/templates/identity.yaml: container port ident-admin 9990
    const question: HttpQuestion = { ask: 'http', pod, port: 9990, path: '/metrics' };
    const reply = readReply(question, await ports.ask(question, signal), (answer) => {
      if (answer.is !== 'answered') return none[answer.is];
      if (answer.status !== 200) return undefined;
      const [seconds] = readMetrics(answer.body, (name) => name === metric)?.metrics ?? [];
      if (seconds === undefined) return undefined;
      const now = ports.clock.now();
      const until = now + Math.round(seconds.value) * 1000;
      return { is: 'answered', until: seconds.value === 0 ? undefined : until, now } as const;
    });
    return reply.ok ? { ok: true, value: reply.value } : failure(reply, question);
  },
  show: (value) => {
    if (value.is === 'none') return [value.because];
    return [value.until === undefined ? 'no issuer' : `until ${isoText(value.until)}`];
  },
});

const none = {
  silent: { is: 'none', because: 'port 9990 accepts the connection and answers nothing' },
  closed: { is: 'none', because: 'nothing listens on port 9990' },
} as const;
