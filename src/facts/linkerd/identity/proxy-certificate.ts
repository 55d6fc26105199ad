// The certificate that a proxy presents at its admin port: a TLS handshake through port-forward, as `linkerd identity`
// makes one (linkerd2 cli/cmd/identity.go). No Secret is read, and no policy applies before the first request.
import { fact, needsPort, type Fetched } from '../../../core/fact.ts';
import type { Happening } from '../../../core/moment.ts';
import type { Ports } from '../../../core/ports.ts';
import type { TlsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import { servedByHand } from '../../kube/served.ts';
import { certificateMoments } from '../../../model/certificates/moments.ts';
import { certificateLine } from '../../../model/certificates/text.ts';
import { readCertificates, type Certificate } from '../../../model/certificates/x509.ts';
import { linkerd } from '../../../meshes/linkerd/commands.ts';

export type ProxyCertificate =
  | {
      readonly is: 'presented';
      readonly leaf: Certificate;
      /** Who signed the leaf, and who signed that one: the issuer comes first (linkerd2 pkg/tls/cred.go ExtractRaw). */
      readonly issuers: readonly Certificate[];
      readonly now: number;
    }
  /** It has none yet, answers to another name, or is shutting down. */
  | { readonly is: 'none'; readonly because: string };

export type ProxyArgs = {
  readonly pod: PodRef;
  /** The proxy's admin port. */
  readonly port: number;
  readonly identity: string;
};

export const proxyCertificate = fact({
  name: 'linkerd/proxy-certificate',
  asks: ({ pod }: ProxyArgs) => `the certificate of the proxy in ${podText(pod)}`,
  byHand: ({ pod }) => linkerd`identity -n ${pod.namespace} ${pod.name}`,
  needs: [needsPort('target')],
  timeoutMs: 6000,
  fetch: (ports, { pod, port, identity: serverName }, signal) =>
    present(ports, { ask: 'tls', pod, port, serverName }, signal),
  show,
  moments: (value, { pod }) => moments(value, podText(pod)),
});

export type ServedArgs = {
  readonly pod: PodRef;
  readonly port: number;
  /** As the API server calls it: `linkerd-proxy-injector.linkerd.svc`. */
  readonly host: string;
};

/** The same for what the API server calls. */
export const servedCertificate = fact({
  name: 'linkerd/served-certificate',
  asks: ({ pod, host }: ServedArgs) => `the certificate that ${podText(pod)} serves as ${host}`,
  byHand: ({ pod, port, host }) => servedByHand(pod, port, host),
  needs: [needsPort('mesh-root')],
  timeoutMs: 6000,
  fetch: (ports, { pod, port, host: serverName }, signal) =>
    present(ports, { ask: 'tls', pod, port, serverName }, signal),
  show,
  moments: (value, { pod }) => moments(value, podText(pod)),
});

async function present(
  ports: Ports,
  question: TlsQuestion,
  signal: AbortSignal,
): Promise<Fetched<ProxyCertificate>> {
  const reply = await ports.ask(question, signal);
  if (!reply.ok) return failure(reply, question);
  if (reply.value.is !== 'answered')
    return { ok: true, value: { is: 'none', because: because[reply.value.is] } };
  const [leaf, ...issuers] = readCertificates(reply.value.chain.join('\n'));
  if (!leaf) return { ok: false, why: 'unreadable', detail: 'no certificate can be read' };
  return { ok: true, value: { is: 'presented', leaf, issuers, now: ports.clock.now() } };
}

function show(value: ProxyCertificate): readonly string[] {
  if (value.is === 'none') return [value.because];
  return [value.leaf, ...value.issuers].map((one) => certificateLine(one, value.now));
}

function moments(value: ProxyCertificate, pod: string): readonly Happening[] {
  if (value.is === 'none') return [];
  const { leaf, issuers, now } = value;
  return [
    ...certificateMoments([leaf], now, `the certificate of ${pod}`),
    ...certificateMoments(issuers, now, `the issuer that ${pod} presents`),
  ];
}

const because = {
  silent: 'the port accepts the connection and answers nothing',
  closed: 'nothing listens on the port',
  refused: 'it aborts the TLS handshake: it has no certificate for this name',
};
