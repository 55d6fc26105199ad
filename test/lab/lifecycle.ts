import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildAll } from './build.ts';
import { install } from './install.ts';
import { makeControlPlaneNetns, removeAllNetns } from './net.ts';
import { CONTROL_PLANE_NETNS, inState, STATE } from './paths.ts';
import { makePki } from './pki.ts';
import { killTracked, startTime, track, tracked } from './process.ts';
import { sleep } from './sh.ts';
import { makeUsers } from './users.ts';

const READY = inState('ready.json');
const LOCK = `${STATE}.lock`;

export const isUp = async (): Promise<boolean> =>
  existsSync(READY) && (await tracked()) !== undefined;

/**
 * The supervisor is process 1 of its own PID namespace, in the control plane's network namespace
 * but in the machine's mount namespace, so that the namespaces it makes are seen by all.
 */
async function startSupervisor(): Promise<void> {
  const log = openSync(inState('logs', 'supervisor.log'), 'a');
  const repo = join(import.meta.dirname, '..', '..');
  const argv = [
    `--net=/run/netns/${CONTROL_PLANE_NETNS}`,
    ...['unshare', '--pid', '--fork', '--kill-child'],
    ...[process.execPath, '--import', 'tsx', join(import.meta.dirname, 'supervisor.ts')],
  ];
  const options = { cwd: repo, detached: true, stdio: ['ignore', log, log] as const };
  const child = spawn('nsenter', argv, { ...options, stdio: ['ignore', log, log] });
  child.unref();
  if (child.pid === undefined) throw new Error('the supervisor did not start');
  await track(child.pid);
}

/** Only one process at a time brings the lab up; a lock whose owner died does not count. */
async function locked<T>(work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${await startTime(process.pid)}`;
  for (;;) {
    try {
      await writeFile(LOCK, mine, { flag: 'wx' });
      break;
    } catch {
      const owner = await readFile(LOCK, 'utf8').catch(() => '');
      const [pid = '', started] = owner.split(' ');
      if ((await startTime(Number(pid))) !== started) await rm(LOCK, { force: true });
      await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    await rm(LOCK, { force: true });
  }
}

async function start(): Promise<void> {
  await stop();
  for (const dir of ['pki', 'logs', 'pods', 'hosts']) {
    await mkdir(inState(dir), { recursive: true, mode: 0o755 });
  }
  await makeControlPlaneNetns();
  await makePki();
  await makeUsers();
  await startSupervisor();
  await install();
  await writeFile(READY, JSON.stringify({ since: new Date().toISOString() }));
}

async function stop(): Promise<void> {
  await rm(READY, { force: true });
  await killTracked();
  await removeAllNetns();
  await rm(STATE, { recursive: true, force: true });
}

/** Brings the lab up unless it is; builds what the cache lacks. */
export async function up(): Promise<void> {
  if (await isUp()) return;
  await buildAll();
  await locked(async () => {
    if (!(await isUp())) await start();
  });
}

export const down = (): Promise<void> => locked(stop);
