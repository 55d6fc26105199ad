// Names from the cluster, for completion: few questions, a second at most, and no complaint.
import { bounded, orElse } from '../../core/deadline.ts';
import type { InputSpec } from '../../core/input.ts';
import type { Ports } from '../../core/ports.ts';
import type { Resource } from '../../core/refs.ts';
import { listObjects } from '../../facts/kube/ask.ts';
import { kindOf } from '../../facts/kube/kind-words.ts';
import { namespaces, pods } from '../../facts/kube/kinds.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../../run/options.ts';
import { open, type World } from '../../run/wire.ts';

/** Nobody waits longer for a list of names than for typing them. */
const liveMs = 1000;
/** One page: more names than this are not chosen from. */
const mostNames = 500;

export function namespaceNames(options: RunOptions, io: Io): Promise<readonly string[]> {
  return asked(options, io, ({ ports }, signal) => list(ports, namespaces, undefined, signal));
}

/**
 * `we` is the start of a pod here, or of a namespace; `deploy/we` of a Deployment here; `shop/we` of a pod there.
 * `types` are the inputs of the runbook: only some take a namespace or a Service.
 */
export function targetNames(
  typed: string,
  types: ReadonlySet<InputSpec['type']>,
  options: RunOptions,
  io: Io,
): Promise<readonly string[]> {
  return asked(options, io, async ({ ports, namespace }, signal) => {
    const cut = typed.indexOf('/');
    const head = typed.slice(0, Math.max(cut, 0));
    const kind = kindOf(head);
    if (cut >= 0) {
      const where = kind ? namespace : head;
      const names = await list(ports, kind ?? pods, where, signal);
      return names.map((name) => `${head}/${name}`);
    }
    const [here, everywhere] = await Promise.all([
      list(ports, pods, namespace, signal),
      typed === '' ? [] : list(ports, namespaces, undefined, signal),
    ]);
    return [...here, ...prefixes(types), ...everywhere.map((name) => `${name}/`)];
  });
}

function prefixes(types: ReadonlySet<InputSpec['type']>): readonly string[] {
  const wholeNamespace = types.has('place') || types.has('anywhere');
  return [
    'deploy/',
    'sts/',
    'ds/',
    ...(wholeNamespace ? ['ns/'] : []),
    ...(types.has('destination') ? ['svc/'] : []),
  ];
}

async function list(
  ports: Ports,
  resource: Resource,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const where = { limit: mostNames, ...(resource.namespaced ? { namespace } : {}) };
  const reply = await listObjects(ports, resource, where, signal);
  return reply.ok ? reply.value.items.map(({ metadata }) => metadata.name) : [];
}

type Work = (world: World, signal: AbortSignal) => Promise<readonly string[]>;

/** The cluster of the flags typed so far; no names when it does not answer in time, for whatever reason. */
async function asked(options: RunOptions, io: Io, work: Work): Promise<readonly string[]> {
  const connection = { ...options.connection, requestTimeoutMs: liveMs };
  // Nothing may ask for a password while somebody completes a word.
  const opened = await open({ ...options, connection, noInput: true }, io);
  if (!opened.ok) return [];
  const { world } = opened;
  try {
    return await bounded(liveMs, io.interrupt, (signal) =>
      orElse(work(world, signal), signal, () => []),
    );
  } finally {
    world.close();
  }
}
