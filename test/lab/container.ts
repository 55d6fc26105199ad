import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, readFile, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environment, expand } from './env-vars.ts';
import { linkerdProgram } from './linkerd/programs.ts';
import { logPipe, type LogPipe } from './log-pipe.ts';
import { built, podDir, podNetns } from './paths.ts';
import type { Container, Pod } from './pod-types.ts';
import { sandbox, type Program } from './sandbox.ts';
import { inNetns, sleep } from './sh.ts';

export type Ended = { exitCode: number; reason: string; startedAt: string; finishedAt: string };

/** A file `<container>.crash.json` in the pod's folder makes its process fail like this. */
export type Crash = { exitCode: number; reason: string; log: string[] };

export type State = {
  started?: string;
  waiting?: string;
  ended?: Ended;
  lastEnded?: Ended;
  restarts: number;
  ready: boolean;
};

const ENTRYPOINT: Record<string, string> = {
  discovery: 'pilot-discovery',
  'istio-proxy': 'pilot-agent',
  // It sets up iptables from the machine itself, outside any root folder.
  'istio-init': join(built.istio, 'pilot-agent'),
};
const HEALTHY_AFTER_MS = 5_000;
const GRACE_MS = 300;
/** What a process wrote last may still be on its way through the pipe when it has ended. */
const LOG_SETTLE_MS = 100;
const BACKOFF_MS = [0, 2_000, 5_000, 10_000, 20_000, 40_000];

/** One container: its process, its log, and what a kubelet would say of it. */
export class RealContainer {
  readonly spec: Container;
  readonly state: State = { restarts: 0, ready: false };
  readonly logFile: string;
  /** The log of the run before the current one, or of the last when none runs. */
  readonly previousLogFile: string;
  readonly #pod: Pod;
  readonly #changed: () => void;
  readonly #prepare: () => Promise<void>;
  #child: ChildProcess | undefined;
  #log: LogPipe | undefined;
  #quickEnds = 0;
  #stopped = false;

  constructor(pod: Pod, spec: Container, prepare: () => Promise<void>, changed: () => void) {
    this.#pod = pod;
    this.spec = spec;
    this.#prepare = prepare;
    this.#changed = changed;
    this.logFile = join(podDir(pod.metadata.namespace, pod.metadata.name), `${spec.name}.log`);
    this.previousLogFile = join(dirname(this.logFile), `${spec.name}.previous.log`);
  }

  /** The process group of what runs, as this PID namespace numbers it. */
  get group(): number | undefined {
    return this.state.started === undefined ? undefined : this.#child?.pid;
  }

  #program(): Program {
    const { name, command, args = [], securityContext } = this.spec;
    const env = environment(this.#pod, this.spec);
    const isApp = ENTRYPOINT[name] === undefined;
    const given =
      command ?? (isApp ? ['node', '/usr/local/bin/app.mjs'] : [ENTRYPOINT[name] ?? '']);
    const argv = [...given, ...(isApp ? [] : args)].map((word) => expand(word, env));
    const isInit = name === 'istio-init';
    const linkerd = linkerdProgram(this.spec);
    if (linkerd) return { argv: [...linkerd], env, host: false, uid: uidOf(securityContext) };
    return { argv, env, host: isInit, uid: isInit ? 0 : uidOf(securityContext) };
  }

  async #crash(): Promise<Crash | undefined> {
    const dir = podDir(this.#pod.metadata.namespace, this.#pod.metadata.name);
    const file = join(dir, `${this.spec.name}.crash.json`);
    return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Crash) : undefined;
  }

  /** Runs it once; resolves when it ends. */
  async runOnce(): Promise<Ended> {
    await this.#prepare();
    if (this.state.lastEnded) await truncate(this.logFile).catch(() => undefined);
    this.#log ??= await logPipe(this.logFile);
    const startedAt = now();
    const crash = await this.#crash();
    this.state.started = startedAt;
    delete this.state.waiting;
    this.#changed();
    const [exitCode, reason] = crash ? await this.#fail(crash) : await this.#process();
    const ended = { exitCode, reason, startedAt, finishedAt: now() };
    await sleep(LOG_SETTLE_MS);
    await copyFile(this.logFile, this.previousLogFile).catch(() => undefined);
    delete this.state.started;
    this.state.ready = false;
    this.state.lastEnded = ended;
    return ended;
  }

  async #fail(crash: Crash): Promise<[number, string]> {
    for (const line of crash.log) this.#log?.write(line);
    await sleep(500);
    return [crash.exitCode, crash.reason];
  }

  async #process(): Promise<[number, string]> {
    const { namespace, name } = this.#pod.metadata;
    const script = await sandbox(this.#pod, this.spec, this.#program());
    const [file = '', ...args] = inNetns(podNetns(namespace, name), ['sh', script]);
    const fd = this.#log?.fd ?? 'ignore';
    // Its own process group: when pilot-agent is killed, Envoy must not outlive it.
    const child = spawn(file, args, { stdio: ['ignore', fd, fd], detached: true, cwd: '/' });
    this.#child = child;
    return new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        this.#killGroup();
        const exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
        resolve([exitCode, this.#endReason() ?? (exitCode === 0 ? 'Completed' : 'Error')]);
      });
      child.on('error', () => resolve([127, 'StartError']));
    });
  }

  /** The file `<container>.end`: the reason a runtime gives for the end, when not the plain one. */
  #endReason(): string | undefined {
    const file = join(dirname(this.logFile), `${this.spec.name}.end`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  }

  /** Runs it for ever, with a kubelet's back-off (shortened) when it ends too soon. */
  async keepRunning(): Promise<void> {
    while (!this.#stopped) {
      const began = Date.now();
      await this.runOnce();
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- may change while it runs
      if (this.#stopped) return;
      this.#quickEnds = Date.now() - began < HEALTHY_AFTER_MS ? this.#quickEnds + 1 : 0;
      const delay = BACKOFF_MS[Math.min(this.#quickEnds, BACKOFF_MS.length - 1)] ?? 0;
      this.state.waiting = this.#quickEnds > 0 ? 'CrashLoopBackOff' : 'ContainerCreating';
      this.#changed();
      await sleep(delay);
      this.state.restarts += 1;
    }
  }

  #signalGroup(signal: NodeJS.Signals): void {
    try {
      if (this.#child?.pid) process.kill(-this.#child.pid, signal);
    } catch {
      // the group is empty
    }
  }

  #killGroup(): void {
    this.#signalGroup('SIGKILL');
  }

  /** As a kubelet: asked first, so that peers see the connections close; then made to. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signalGroup('SIGTERM');
    await sleep(GRACE_MS);
    this.#killGroup();
    await sleep(GRACE_MS);
    this.#log?.close();
    this.#log = undefined;
  }
}

const uidOf = (security: Container['securityContext']): number => security?.runAsUser ?? 1000;

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
