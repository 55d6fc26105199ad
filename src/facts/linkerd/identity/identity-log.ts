// What the identity service logs about its issuer: why it does not start, why it signs nothing, why it kept the old one
// (linkerd2 controller/cmd/identity/main.go, pkg/identity/service.go).
import { words } from '../../../core/argv.ts';
import { kubectl, piped } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { ListQuestion, LogsQuestion } from '../../../core/question.ts';
import { podText, type PodRef } from '../../../core/refs.ts';
import { failure } from '../../kube/ask.ts';
import { readEvents, type Event } from '../../kube/events.ts';
import { events } from '../../kube/kinds.ts';
import { eventMoments } from '../../../model/kube/moments.ts';

export type IdentityLog = {
  /** `fatal`: it exited with this; `refuses`: it answers proxies with this; `kept`: it rejected a new issuer. */
  readonly fatal: string | undefined;
  readonly refuses: string | undefined;
  readonly kept: string | undefined;
};

const match =
  'Failed to initialize identity service|could not process CSR|Skipping issuer update|Failed to read trust anchors|could not read identity trust anchors|Invalid trust domain|Updated identity issuer';

export type LogArgs = { readonly pod: PodRef; readonly previous: boolean };

export const identityLog = fact({
  name: 'linkerd/identity-log',
  asks: ({ pod }: LogArgs) => `what ${podText(pod)} logs about its issuer`,
  byHand: ({ pod, previous }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c identity
        ${previous ? words`--previous` : []}`,
      words`grep -iE issuer|CSR|anchors`,
    ),
  needs: [needs(['get'], 'pods/log', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, previous }, signal): Promise<Fetched<IdentityLog>> => {
    const filter = { name: 'issuer', pattern: match };
    const question: LogsQuestion = {
      ...{ ask: 'logs', pod, container: 'identity', tailLines: 500, match: filter },
      ...(previous ? { previous } : {}),
    };
    const reply = await ports.ask(question, signal);
    return reply.ok ? { ok: true, value: readLog(reply.value) } : failure(reply, question);
  },
  show: ({ fatal, refuses, kept }) => {
    const lines = [fatal, refuses, kept].filter((line) => line !== undefined);
    return lines.length === 0 ? ['nothing about a bad issuer'] : lines;
  },
});

/** Lines before an update of the issuer no longer count. */
export function readLog(lines: readonly string[]): IdentityLog {
  const updated = lines.findLastIndex((line) => line.includes('Updated identity issuer'));
  const since = lines.slice(updated + 1);
  const last = (pattern: RegExp) => messageOf(since.findLast((line) => pattern.test(line)));
  return {
    fatal: last(/Failed to (?:initialize|read)|could not read identity|Invalid trust domain/),
    refuses: last(/could not process CSR/),
    kept: last(/Skipping issuer update/),
  };
}

/** `time="..." level=fatal msg="..."`, as logrus writes it. */
function messageOf(line: string | undefined): string | undefined {
  if (line === undefined) return undefined;
  const [, message = line] = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
  return message.replaceAll('\\"', '"').trim();
}

export const identityEvents = fact({
  name: 'linkerd/identity-events',
  asks: ({ root }: { root: string }) => `events about linkerd-identity in ${root}`,
  byHand: ({ root }) => kubectl`get events -n ${root} --field-selector ${about}`,
  needs: [needs(['list'], 'events', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { root }, signal): Promise<Fetched<readonly Event[]>> => {
    const question: ListQuestion = {
      ...{ ask: 'list', resource: events, namespace: root, fields: about },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const known = ['IssuerUpdated', 'IssuerUpdateSkipped', 'IssuerValidationFailed'];
    const found = readEvents(reply.value.items).filter(({ reason }) => known.includes(reason));
    return { ok: true, value: found };
  },
  show: (all) =>
    all.length === 0 ? ['none'] : all.slice(0, 5).map((e) => `${e.reason}: ${e.message}`),
  moments: eventMoments,
});

const about = 'involvedObject.name=linkerd-identity';
