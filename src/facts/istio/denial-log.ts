// What a proxy's access log says about requests refused recently: by what, from whom, how often.
import { words } from '../../core/argv.ts';
import { kubectl, piped } from '../../core/command.ts';
import { fact, needs } from '../../core/fact.ts';
import { happened, type Happening } from '../../core/moment.ts';
import type { LogsQuestion } from '../../core/question.ts';
import { podText, type PodRef } from '../../core/refs.ts';
import { failure } from '../kube/ask.ts';
import { readRefusal, type Refusal, type Refuser } from './denial-line.ts';

/** Refusals that differ only in time. */
export type Refused = Refusal & {
  readonly times: number;
  readonly first: number | undefined;
};
export type DenialLog = {
  /** The latest first. */
  readonly refused: readonly Refused[];
};

export const logMinutes = 10;
const pattern =
  'rbac_access_denied|ext_authz_|UAEX|jwt_authn_access_denied|filter_chain_not_found|\\b40[13]\\b';

const shown =
  'rbac_access_denied|ext_authz|jwt_authn|filter_chain_not_found|fault_filter_abort|\\b40[13]\\b';

export type DenialArgs = { readonly pod: PodRef; readonly container: string };

export const denialLog = fact({
  name: 'istio/denial-log',
  asks: ({ pod }: DenialArgs) => `refused requests in the log of the proxy of ${podText(pod)}`,
  byHand: ({ pod, container }) =>
    piped(
      kubectl`logs ${pod.name} -n ${pod.namespace} -c ${container} --since=${logMinutes}m
        --tail=3000`,
      words`grep -E ${shown}`,
    ),
  needs: [needs(['get'], 'pods/log', 'target')],
  timeoutMs: 8000,
  fetch: async (ports, { pod, container }, signal) => {
    const question: LogsQuestion = {
      ask: 'logs',
      pod,
      container,
      sinceSeconds: logMinutes * 60,
      tailLines: 3000,
      match: { name: 'refusals', pattern },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const since = ports.clock.now() - logMinutes * 60_000;
    return { ok: true, value: { refused: readDenials(reply.value, since) } };
  },
  show: ({ refused }) =>
    refused.length === 0
      ? [`no refusal logged in the last ${logMinutes} minutes`]
      : refused.slice(0, 6).map(refusedLine),
  moments: ({ refused }) => refusalMoments(refused),
});

/** The first and the last of each kind. */
export function refusalMoments(refused: readonly Refused[]): readonly Happening[] {
  return refused.slice(0, 6).flatMap((one) => {
    const { at: _, ...untimed } = one;
    const [, what = ''] = /: (.*)$/.exec(refusedLine({ ...untimed, at: undefined })) ?? [];
    const last = one.times > 1 ? `refused, last of ${one.times} times` : 'refused';
    return [
      ...(one.times > 1
        ? happened('event', one.first, `refused, first of ${one.times} times: ${what}`)
        : []),
      ...happened('event', one.at, `${last}: ${what}`),
    ];
  });
}

export function readDenials(lines: readonly string[], since: number): readonly Refused[] {
  return grouped(
    lines.flatMap((line) => readRefusal(line) ?? []),
    since,
  );
}

/** `since`: some kubelets cannot cut a log by time, so it is cut here. */
export function grouped(all: readonly Refusal[], since: number): readonly Refused[] {
  const groups = new Map<string, Refused>();
  for (const one of all) {
    if (one.at !== undefined && one.at < since) continue;
    const { at, ...rest } = one;
    const key = JSON.stringify(rest);
    const known = groups.get(key);
    groups.set(key, {
      ...one,
      times: (known?.times ?? 0) + 1,
      first: known ? known.first : at,
    });
  }
  return [...groups.values()].sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
}

/** `3 times, last at 10:57:30Z: 10.244.0.5 GET cart:8080/ (8080), 403 rbac_access_denied_matched_policy[none]` */
export function refusedLine(one: Refused): string {
  const until = one.at === undefined ? '' : `, last at ${new Date(one.at).toISOString()}`;
  const request = [one.method, `${one.host ?? ''}${one.path ?? ''}`].filter(Boolean).join(' ');
  const forwarded =
    one.peer === undefined && one.ip !== undefined ? `forwarded for ${one.ip}` : undefined;
  const from = one.principal ?? forwarded ?? one.ip ?? 'an unknown caller';
  const port = one.port === undefined ? '' : ` at port ${one.port}`;
  return `${one.times} ${one.times === 1 ? 'time' : 'times'}${until}: ${[from, request].filter(Boolean).join(', ')}${port}: ${[one.status, wordOf(one.by)].filter(Boolean).join(' ')}`;
}

function wordOf(by: Refuser): string {
  switch (by.is) {
    case 'rbac':
      return by.details;
    case 'ext-authz':
      return `ext_authz_${by.why}`;
    case 'jwt':
      return `jwt_authn_access_denied{${by.reason}}`;
    case 'no-chain':
      return 'filter_chain_not_found';
    case 'application':
      return 'via_upstream';
    case 'fault':
      return 'fault_filter_abort';
  }
}
