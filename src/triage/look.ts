// Asks for what the overview shows: a few lists side by side, each with its own deadline. What may not be listed for the
// whole cluster is listed for the current namespace.
import type { Gap } from '../core/answer.ts';
import { words } from '../core/argv.ts';
import { kubectl } from '../core/command.ts';
import { bounded, orElse } from '../core/deadline.ts';
import type { KubeObject } from '../core/object.ts';
import { overdue, type Ports, type Reply } from '../core/ports.ts';
import { accessFor, type Listed, type ListQuestion } from '../core/question.ts';
import { count, safeText } from '../core/text.ts';
import { events, namespaces, pods } from '../facts/kube/kinds.ts';
import type { Seen } from './overview.ts';

/** A person waits for this: a list that takes longer is a gap, and its objects can still be named. */
const deadlineMs = 4000;
/** Enough to find a name; a cluster with more is searched by namespace. */
const mostPods = 5000;
const mostEvents = 500;

type Reading = {
  readonly items: readonly KubeObject[];
  readonly gaps: readonly Gap[];
  readonly partly?: string;
};

export async function look(ports: Ports, namespace: string, signal: AbortSignal): Promise<Seen> {
  const [found, homes, warnings, server, whoami] = await Promise.all([
    everywhereOr(ports, { ask: 'list', resource: pods, limit: mostPods }, namespace, signal),
    listed(ports, { ask: 'list', resource: namespaces }, signal),
    everywhereOr(
      ports,
      { ask: 'list', resource: events, fields: 'type=Warning', limit: mostEvents },
      namespace,
      signal,
    ),
    within(signal, (own) => ports.ask({ ask: 'server' }, own)),
    within(signal, (own) => ports.ask({ ask: 'whoami' }, own)),
  ]);
  return {
    pods: found.items,
    namespaces: homes.items,
    warnings: warnings.items,
    partly: found.partly,
    kubernetes: server.ok ? server.value.gitVersion : undefined,
    user: whoami.ok ? whoami.value.user : undefined,
    gaps: [...found.gaps, ...homes.gaps, ...warnings.gaps],
    now: ports.clock.now(),
  };
}

/** The whole cluster; else the current namespace, with the gap that remains. */
async function everywhereOr(
  ports: Ports,
  question: ListQuestion,
  namespace: string,
  signal: AbortSignal,
): Promise<Reading> {
  const wide = await listed(ports, question, signal);
  if (wide.gaps.length === 0 || signal.aborted) return wide;
  const near = await listed(ports, { ...question, namespace }, signal);
  const gaps = [...wide.gaps, ...near.gaps];
  return near.gaps.length > 0
    ? { items: [], gaps }
    : { ...near, gaps, partly: `only namespace ${namespace}` };
}

async function listed(ports: Ports, question: ListQuestion, signal: AbortSignal): Promise<Reading> {
  const reply = await within(signal, (own) => ports.ask(question, own));
  if (!reply.ok) return { items: [], gaps: [gapOf(question, reply)] };
  const { items, more } = reply.value satisfies Listed;
  const first = `only the first ${count(items.length, question.resource.kind.toLowerCase())}`;
  return { items, gaps: [], ...(more ? { partly: first } : {}) };
}

function gapOf(question: ListQuestion, reply: Extract<Reply<never>, { ok: false }>): Gap {
  const { resource, namespace } = question;
  const where = resource.namespaced ? (namespace ? ` in ${namespace}` : ' in all namespaces') : '';
  const access = accessFor(question);
  const place = !resource.namespaced ? [] : namespace ? words`-n ${namespace}` : words`-A`;
  const remedy = kubectl`auth can-i list ${access?.resource ?? resource.plural} ${place}`;
  return {
    asked: safeText(`${resource.plural}${where}`),
    why: reply.why === 'absent' ? 'unreadable' : reply.why,
    detail: safeText(reply.detail),
    ...(reply.why === 'forbidden' ? { remedy } : {}),
  };
}

/** An answer that ignores the deadline is not waited for. */
function within<T>(
  signal: AbortSignal,
  ask: (own: AbortSignal) => Promise<Reply<T>>,
): Promise<Reply<T>> {
  return bounded(deadlineMs, signal, (own) => orElse(ask(own), own, () => overdue(own)));
}
