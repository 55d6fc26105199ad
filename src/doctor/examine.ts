// The whole examination: every question side by side, so that a server that does not answer costs its deadline once.
import type { Approach } from '../core/approach.ts';
import type { Fact } from '../core/fact.ts';
import type { Ports, Reply } from '../core/ports.ts';
import type { Question, AnswerTo } from '../core/question.ts';
import type { Runbook } from '../core/runbook.ts';
import { bounded, orElse } from '../core/deadline.ts';
import { overdue } from '../core/ports.ts';
import { controlPlane } from '../facts/istio/istiods.ts';
import { linkerdControlPlane } from '../facts/linkerd/control-plane.ts';
import { approachChecks } from './approach-checks.ts';
import { bad, type Check, type Examination } from './check.ts';
import { grantFor, permissionsOf, type Presence } from './permissions.ts';
import {
  clockCheck,
  identityCheck,
  isUnreachable,
  serverCheck,
  type Timed,
} from './server-checks.ts';
import { toolCheck, toolQuestions } from './tool-checks.ts';

export type Examined = {
  readonly runbooks: readonly Runbook[];
  /** Whether somebody named them, rather than meaning all there are. */
  readonly named: boolean;
  /** Namespaces: of targets, of istiod, of Linkerd where somebody knows it. */
  readonly namespace: string;
  readonly root: string;
  readonly linkerd: string | undefined;
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
  const tools = askTools(ask);
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
    const without = toolChecks(await tools, {});
    return { checks: [...first, ...notAsked, ...without], permissions: [], end: 'unreachable' };
  }
  const { whoami, planes, permissions, grant } = await rest;
  const versions = {
    ...planes,
    kubectl: answer.reply.ok ? answer.reply.value.gitVersion : undefined,
  };
  const checks = [
    ...[...first, clockCheck(answer), identityCheck(whoami)],
    ...toolChecks(await tools, versions),
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
  const [whoami, istio, linkerd] = await Promise.all([
    asked(ports, { ask: 'whoami' }, signal),
    fetched(ports, controlPlane, { root: of.root }, signal),
    fetched(ports, linkerdControlPlane, { named: of.linkerd }, signal),
  ]);
  const places = {
    target: of.namespace,
    roots: {
      istio: of.root,
      linkerd: of.linkerd ?? (linkerd.ok ? linkerd.value.namespace : 'linkerd'),
    },
  };
  const installed = istio.ok && istio.value.istiods.length + istio.value.deployments.length > 0;
  const presence: Presence = {
    istio: istio.ok ? (installed ? 'here' : 'absent') : presenceOf(istio),
    linkerd: presenceOf(linkerd),
  };
  const { runbooks, named } = of;
  const choice = { runbooks, named, places, presence };
  const permissions = await permissionsOf(ports, choice, signal);
  const grant = grantFor(permissions, choice, whoami.ok ? whoami.value.user : undefined);
  const planes = {
    istioctl: istio.ok ? controlPlane.versions?.(istio.value)['istiod'] : undefined,
    linkerd: linkerd.ok ? linkerd.value.config?.version : undefined,
  };
  return { whoami, planes, permissions, grant };
}

function presenceOf(reply: {
  readonly ok: boolean;
  readonly why?: string;
}): 'here' | 'absent' | 'unknown' {
  if (reply.ok) return 'here';
  return reply.why === 'absent' ? 'absent' : 'unknown';
}

function fetched<A, T>(ports: Ports, fact: Fact<A, T>, args: A, signal: AbortSignal) {
  return bounded(fact.timeoutMs, signal, (inner) =>
    orElse(fact.fetch(ports, args, inner), inner, () => overdue(inner)),
  );
}

const toolNames = ['kubectl', 'istioctl', 'linkerd'] as const;

function askTools(ask: <Q extends Question>(question: Q) => Promise<Reply<AnswerTo<Q>>>) {
  return Promise.all(toolNames.map((name) => ask(toolQuestions[name])));
}

function toolChecks(
  replies: Awaited<ReturnType<typeof askTools>>,
  others: Readonly<Partial<Record<(typeof toolNames)[number], string | undefined>>>,
): readonly Check[] {
  return toolNames.flatMap((name, i) => {
    const reply = replies[i];
    return reply === undefined ? [] : [toolCheck(name, reply, others[name])];
  });
}
