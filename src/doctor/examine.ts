// The whole examination: every question side by side, so that a server that does not answer costs its deadline once.
import type { Approach } from '../core/approach.ts';
import type { Ports, Reply } from '../core/ports.ts';
import type { Question, AnswerTo } from '../core/question.ts';
import type { Runbook } from '../core/runbook.ts';
import { bounded, orElse } from '../core/deadline.ts';
import { overdue } from '../core/ports.ts';
import { namedRoots, usualRoots, type Chosen } from '../meshes/choices.ts';
import { planes, type Plane } from '../meshes/planes.ts';
import type { PlaneSeen } from '../meshes/plane.ts';
import { approachChecks } from './approach-checks.ts';
import { bad, type Check, type Examination } from './check.ts';
import { grantFor, permissionsOf } from './permissions.ts';
import {
  clockCheck,
  identityCheck,
  isUnreachable,
  serverCheck,
  type Timed,
} from './server-checks.ts';
import { toolCheck, tools } from './tool-checks.ts';

export type Examined = {
  readonly runbooks: readonly Runbook[];
  /** Whether somebody named them, rather than meaning all there are. */
  readonly named: boolean;
  /** The namespace of targets. */
  readonly namespace: string;
  /** Namespaces of control planes, as far as somebody chose them. */
  readonly chosen: Chosen;
};

/** When nobody can be asked. `why` in one line; `now` in milliseconds since the epoch. */
export function withoutCluster(approach: Approach, why: string, now: number): Examination {
  const known = approachChecks(approach, now);
  const told = known.some(({ state }) => state === 'failed');
  const checks = told ? known : [...known, bad('connection', 'failed', why)];
  return { checks, permissions: [], end: 'no-choice' };
}

export async function examine(
  approach: Approach,
  ports: Ports,
  of: Examined,
  signal: AbortSignal,
): Promise<Examination> {
  const stop = new AbortController();
  const ask = <Q extends Question>(question: Q): Promise<Reply<AnswerTo<Q>>> =>
    asked(ports, question, signal);
  // All the rest is not waited for when the first question finds nobody.
  const server = timed(ports, ask({ ask: 'server' })).then((answer) => {
    if (isUnreachable(answer.reply)) stop.abort(new Error('the server was not reached'));
    return answer;
  });
  const rest = bounded(0, [signal, stop.signal], (inner) => askRest(ports, of, inner));
  const programs = askTools(ask);
  const answer = await server;
  const peer =
    !answer.reply.ok && answer.reply.detail.startsWith('TLS: ')
      ? await ask({ ask: 'peer' })
      : undefined;
  const first = [
    ...approachChecks(approach, ports.clock.now()),
    serverCheck(answer, peer, approach),
  ];
  if (isUnreachable(answer.reply)) {
    const notAsked = ['clock', 'identity', 'permissions'].map((id) =>
      bad(id, 'not-checked', 'the server was not reached'),
    );
    const without = toolChecks(await programs, {});
    return { checks: [...first, ...notAsked, ...without], permissions: [], end: 'unreachable' };
  }
  const { whoami, planes, permissions, grant } = await rest;
  const versions = {
    ...planes,
    kubectl: answer.reply.ok ? answer.reply.value.gitVersion : undefined,
  };
  const checks = [
    ...[...first, clockCheck(answer), identityCheck(whoami)],
    ...toolChecks(await programs, versions),
  ];
  return { checks, permissions, ...(grant ? { grant } : {}), end: 'reached' };
}

/** Nobody who ignores its signal may hang the run. */
function asked<Q extends Question>(
  ports: Ports,
  question: Q,
  signal: AbortSignal,
): Promise<Reply<AnswerTo<Q>>> {
  return orElse(ports.ask(question, signal), signal, () => overdue(signal));
}

async function timed<T>({ clock }: Ports, work: Promise<Reply<T>>): Promise<Timed<T>> {
  const asked = clock.now();
  const reply = await work;
  return { reply, asked, done: clock.now() };
}

async function askRest(ports: Ports, of: Examined, signal: AbortSignal) {
  const named = namedRoots(of.chosen);
  const [whoami, ...seen] = await Promise.all([
    asked(ports, { ask: 'whoami' }, signal),
    ...planes.map((plane) => looked(ports, plane, named[plane.id], signal)),
  ]);
  const bySeen = <T>(pick: (one: PlaneSeen) => T | undefined) =>
    Object.fromEntries(
      planes.flatMap(({ id }, i) => {
        const value = seen[i] && pick(seen[i]);
        return value === undefined ? [] : [[id, value] as const];
      }),
    );
  const places = {
    target: of.namespace,
    roots: { ...usualRoots, ...bySeen(({ namespace }) => namespace), ...named },
  };
  const presence = bySeen((one) => one.presence);
  const { runbooks, named: isNamed } = of;
  const choice = { runbooks, named: isNamed, places, presence };
  const permissions = await permissionsOf(ports, choice, signal);
  const grant = grantFor(permissions, choice, whoami.ok ? whoami.value.user : undefined);
  const versions = Object.fromEntries(
    planes.flatMap((plane, i) => plane.tools.map(({ name }) => [name, seen[i]?.version] as const)),
  );
  return { whoami, planes: versions, permissions, grant };
}

function looked(
  ports: Ports,
  plane: Plane,
  named: string | undefined,
  signal: AbortSignal,
): Promise<PlaneSeen> {
  return bounded(plane.timeoutMs, signal, (inner) =>
    orElse(plane.look(ports, named, inner), inner, () => ({ presence: 'unknown' as const })),
  );
}

function askTools(ask: <Q extends Question>(question: Q) => Promise<Reply<AnswerTo<Q>>>) {
  return Promise.all(tools.map(({ question }) => ask(question)));
}

function toolChecks(
  replies: Awaited<ReturnType<typeof askTools>>,
  others: Readonly<Record<string, string | undefined>>,
): readonly Check[] {
  return tools.flatMap((tool, i) => {
    const reply = replies[i];
    return reply === undefined ? [] : [toolCheck(tool, reply, others[tool.name])];
  });
}
