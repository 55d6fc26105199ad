// From words to diagnoses: resolves the target, runs the runbook on each pod, saves what was asked.
import type { Diagnosis } from '../core/diagnosis.ts';
import { bounded, orElse } from '../core/deadline.ts';
import { overdue } from '../core/ports.ts';
import { podText, type PodRef } from '../core/refs.ts';
import type { Runbook } from '../core/runbook.ts';
import { diagnose, type Observer } from '../engine/diagnose.ts';
import { resolveTarget } from '../facts/kube/target.ts';
import { exitCodes, refusal, type Refusal } from './exit.ts';
import type { RunOptions } from './options.ts';
import { version } from './version.ts';
import type { World } from './wire.ts';

export type Asked = {
  readonly runbook: Runbook;
  readonly targets: readonly string[];
  readonly options: RunOptions;
  readonly world: World;
  /** Ctrl-C. */
  readonly interrupt: AbortSignal;
  readonly observer?: Observer & { start?(runbook: string, steps: Runbook['steps']): void };
  readonly onBug?: (error: unknown) => void;
};

export type Diagnosed =
  | {
      readonly ok: true;
      readonly diagnoses: readonly Diagnosis[];
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** More pods of one workload than this are not diagnosed one by one: they are made from one template. */
const mostPods = 10;

export async function diagnoseTargets(asked: Asked): Promise<Diagnosed> {
  return bounded(asked.options.timeoutMs, asked.interrupt, (signal) => run(asked, signal));
}

async function run(asked: Asked, signal: AbortSignal): Promise<Diagnosed> {
  const { world, targets, runbook, options } = asked;
  const started = world.ports.clock.now();
  const server = orElse(world.ports.ask({ ask: 'server' }, signal), signal, () => overdue(signal));
  const found = await Promise.all(
    targets.map((target) =>
      orElse(resolveTarget(world.ports, target, world.namespace, signal), signal, () => ({
        is: 'unanswered' as const,
        reply: overdue(signal),
        asked: target,
      })),
    ),
  );
  const pods = new Map<string, PodRef>();
  for (const [i, resolved] of found.entries()) {
    if (resolved.is === 'usage')
      return { ok: false, refusal: refusal(exitCodes.usage, resolved.says) };
    if (resolved.is === 'unanswered') {
      return { ok: false, refusal: unanswered(resolved.asked, resolved.reply, targets[i] ?? '') };
    }
    for (const ref of resolved.pods) pods.set(podText(ref), ref);
  }
  const all = [...pods.values()];
  const chosen = all.slice(0, mostPods);
  asked.observer?.start?.(runbook.head.id, runbook.steps);
  const serverReply = await server;
  const diagnoses = await Promise.all(
    chosen.map((pod) =>
      diagnoseOne(
        asked,
        pod,
        started,
        serverReply.ok ? serverReply.value.gitVersion : undefined,
        signal,
      ),
    ),
  );
  const notes =
    all.length > chosen.length
      ? [`${all.length} pods; diagnosed the first ${chosen.length}: name one to diagnose another`]
      : [];
  if (world.recorder && options.save !== undefined) await save(asked, started, chosen);
  return { ok: true, diagnoses, notes };
}

function diagnoseOne(
  asked: Asked,
  pod: PodRef,
  started: number,
  kubernetes: string | undefined,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const { world, options, runbook } = asked;
  const header = {
    target: podText(pod),
    input: inputOf(options, pod),
    about: {
      meshdoc: version,
      started: new Date(started).toISOString(),
      tookMs: 0,
      reach: world.reach,
      versions: kubernetes === undefined ? {} : { kubernetes },
      source: world.source,
      ...(world.server === undefined ? {} : { server: world.server }),
    },
  };
  const values = { pod, root: options.root, revision: options.revision };
  return diagnose(runbook, values, header, {
    ports: world.ports,
    signal,
    ...(asked.observer ? { observer: asked.observer } : {}),
    ...(asked.onBug ? { onBug: asked.onBug } : {}),
  });
}

/** What it takes to ask again: also what a saved case keeps. */
function inputOf(options: RunOptions, pod: PodRef): Readonly<Record<string, string>> {
  return {
    target: podText(pod),
    ...(options.root === 'istio-system' ? {} : { root: options.root }),
    ...(options.revision === undefined ? {} : { revision: options.revision }),
  };
}

async function save(asked: Asked, started: number, pods: readonly PodRef[]): Promise<void> {
  const { world, options, runbook } = asked;
  if (!world.recorder || options.save === undefined) return;
  const { writeCase } = await import('../snapshot/folder.ts');
  const first = pods[0];
  const target = asked.targets.join(' ');
  const saved = world.recorder.finish({
    runbook: runbook.head.id,
    input: { ...(first ? inputOf(options, first) : {}), target },
    now: new Date(started).toISOString(),
    ...(world.reach.context === undefined ? {} : { context: world.reach.context }),
    namespace: world.namespace,
    recordedBy: `meshdoc ${version}`,
  });
  await writeCase(options.save, saved);
}

const unreachable = new Set([
  'unreachable',
  'unauthenticated',
  'timed-out',
  'server-error',
  'unreadable',
]);

function unanswered(
  asked: string,
  reply: { readonly why: string; readonly detail: string },
  target: string,
): Refusal {
  if (reply.why === 'interrupted')
    return refusal(exitCodes.interrupted, 'interrupted before anything was known');
  if (reply.why === 'forbidden') {
    return refusal(
      exitCodes.inconclusive,
      `cannot look at ${target}: ${reply.detail}; meshdoc explain stale lists what it needs`,
    );
  }
  const code = unreachable.has(reply.why) ? exitCodes.unreachable : exitCodes.inconclusive;
  // A sign-in page or a proxy's page, sent with 200.
  const page =
    reply.why === 'unreadable' ? '; something else than the API server may be answering' : '';
  return refusal(code, `cannot read ${asked}: ${reply.detail}${page}`);
}
