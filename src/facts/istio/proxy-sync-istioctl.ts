// The fallback for the sync status: istioctl, if istiod's port cannot be reached from here.
import type { Fetched, Missed } from '../../core/fact.ts';
import type { Ports, Reply } from '../../core/ports.ts';
import { dotted } from '../../core/refs.ts';
import type { ProcessAnswer } from '../../core/question.ts';
import { istioctlMinor } from './istioctl-version.ts';
import { readProxyStatus, statusArgs, type StatusRow } from './proxy-status.ts';
import { newestFirst, type SyncArgs, type SyncView } from './sync-view.ts';

/**
 * `istioctl proxy-status` once per revision: since 1.28 it lists only the default revision
 * (istio PR 56874), and a proxy of another revision would seem to be gone.
 */
export async function syncByIstioctl(
  ports: Ports,
  args: SyncArgs,
  revisions: readonly string[],
  signal: AbortSignal,
): Promise<Fetched<SyncView>> {
  const minor = await istioctlMinor(ports, signal);
  if (!minor.ok) return minor;
  const wanted = args.revision === undefined ? revisions : [args.revision];
  const replies = await Promise.all(
    wanted.map((revision) => askRevision(ports, args.root, revision, minor.value, signal)),
  );
  const rows = replies.flatMap((r) => (r.ok ? [...r.value] : []));
  const failed = replies.filter((r) => !r.ok);
  if (failed.length === replies.length) {
    return failed[0] ?? { ok: false, why: 'absent', detail: 'no istiod to ask' };
  }
  const missed = replies.flatMap((r, i): Missed[] =>
    r.ok || r.why === 'absent'
      ? []
      : [{ asked: `proxies of revision ${wanted[i] ?? ''}`, why: r.why, detail: r.detail }],
  );
  return {
    ok: true,
    value: toView(rows, args, ports.clock.now()),
    missed,
    road: 'istioctl proxy-status',
  };
}

async function askRevision(
  ports: Ports,
  root: string,
  revision: string,
  minor: number | undefined,
  signal: AbortSignal,
): Promise<Reply<readonly StatusRow[]>> {
  const cmd = [...statusArgs(minor), '-i', root, '--revision', revision];
  const reply = await ports.ask({ ask: 'tool', tool: 'istioctl', args: cmd }, signal);
  if (!reply.ok) return reply;
  if (reply.value.exitCode !== 0) return toolFailed(reply.value);
  const rows = readProxyStatus(reply.value.stdout, ports.clock.now());
  return rows
    ? { ok: true, value: rows }
    : {
        ok: false,
        why: 'unreadable',
        detail: 'istioctl proxy-status printed neither a known table nor JSON',
      };
}

function toolFailed(answer: ProcessAnswer): Reply<never> {
  return {
    ok: false,
    why: 'tool-failed',
    detail: `istioctl proxy-status exited with code ${answer.exitCode}`,
  };
}

function toView(rows: readonly StatusRow[], args: SyncArgs, now: number): SyncView {
  const mine = rows.filter((row) => row.proxy === dotted(args.pod));
  return {
    answered: [...new Set(rows.map((row) => row.istiod))],
    silent: [],
    busy: [],
    streams: newestFirst(
      mine.map((row) => ({ istiod: row.istiod, revision: '', connectedAt: undefined, sync: row })),
    ),
    proxies: rows,
    samples: 1,
    at: now,
  };
}
