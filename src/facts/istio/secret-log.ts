// Why istiod does not send a gateway its certificate: only its log says. Lines: istio pilot/pkg/xds/sds.go Generate,
// filterAuthorizedResources, recordInvalidCertificate; reasons: pilot/pkg/credentials/kube/secrets.go.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import { happened } from '../../core/moment.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { dotted, podText, type PodRef } from '../../core/refs.ts';
import { time } from '../../model/kube/read.ts';
import { failure } from '../kube/ask.ts';

export type SecretLine = {
  readonly at: number | undefined;
  readonly text: string;
  readonly about: 'missing' | 'unusable' | 'not-allowed' | 'other-namespace';
  /** As istiod names it: `kubernetes://web-cert`, or `web-cert` where it was not allowed. */
  readonly secrets: readonly string[];
};
export type SecretLogArgs = {
  readonly istiod: string;
  readonly root: string;
  readonly pod: PodRef;
};

const match = {
  name: 'secrets',
  pattern: 'failed to fetch (key and|ca) certificate|attempted to access unauthorized certificates',
};

export const secretLog = fact({
  name: 'istio/secret-log',
  asks: ({ istiod, pod }: SecretLogArgs) =>
    `what ${istiod} logged about certificates for ${podText(pod)}`,
  byHand: ({ istiod, root }) =>
    piped(
      kubectl`logs ${istiod} -n ${root} -c discovery --since=1h`,
      words`grep -E ${match.pattern}`,
    ),
  needs: [needs(['get'], 'pods/log', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { istiod, root, pod }, signal): Promise<Fetched<readonly SecretLine[]>> => {
    const question: LogsQuestion = {
      ask: 'logs',
      pod: { namespace: root, name: istiod },
      container: 'discovery',
      // istiod logs it again with each stream, which lasts half an hour.
      sinceSeconds: 3600,
      tailLines: 5000,
      match,
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: reply.value.flatMap((line) => readSecretLine(line, pod) ?? []) };
  },
  show: (lines) =>
    lines.length === 0
      ? ['nothing about its certificates in the last hour']
      : lines.slice(-5).map(({ text }) => text),
  moments: (lines) =>
    lines.slice(-5).flatMap(({ at, text }) => happened('push', at, `istiod logged: ${text}`)),
});

const fetching = /failed to fetch (?:key and certificate|ca certificate) for (\S+): (.*)$/;
const unauthorized = /proxy (\S+) attempted to access unauthorized certificates (.*?): (.*)$/;

/** `undefined` for a line about another proxy. */
export function readSecretLine(line: string, pod: PodRef): SecretLine | undefined {
  const at = time(line.split('\t')[0]);
  const [text, name, why] = fetching.exec(line) ?? [];
  if (text !== undefined && name !== undefined) {
    const about = why?.endsWith('not found') === true ? 'missing' : 'unusable';
    return { at, text, about, secrets: [name] };
  }
  const [said, proxy, names, reason = ''] = unauthorized.exec(line) ?? [];
  if (said === undefined || names === undefined || proxy !== dotted(pod)) return undefined;
  const about = /not authorized to read secrets/.test(reason) ? 'not-allowed' : 'other-namespace';
  return { at, text: said, about, secrets: names.split(/, ?/) };
}
