import { mkdir, rm } from 'node:fs/promises';
import type { Api } from './api.ts';
import { RealContainer } from './container.ts';
import { describeToKubelet } from './kubelet-objects.ts';
import { makePodNetns, removeNetns } from './net.ts';
import { podDir, podNetns } from './paths.ts';
import type { Pod } from './pod-types.ts';
import { keepProbing } from './probes.ts';
import { podStatus } from './status.ts';
import { sleep, until } from './sh.ts';
import { prepareVolumes } from './volumes.ts';

const SETTLE_MS = 100;
const RETRY_MS = 500;

/** A pod that runs: network namespace, containers in order, probes, status. */
export class RealPod {
  readonly pod: Pod;
  readonly netns: string;
  readonly #api: Api;
  readonly #init: RealContainer[];
  readonly #main: RealContainer[];
  /** Injected iptables rules are in place: service rules may follow them. */
  networked = false;
  readonly #onNetworked: () => void;
  #stopped = false;
  #dirty = false;
  #reporting: Promise<void> | undefined;

  constructor(api: Api, pod: Pod, onNetworked: () => void) {
    this.#api = api;
    this.pod = pod;
    this.#onNetworked = onNetworked;
    this.netns = podNetns(pod.metadata.namespace, pod.metadata.name);
    const prepare = (): Promise<void> => prepareVolumes(api, pod);
    const make = (spec: Pod['spec']['containers'][number]): RealContainer =>
      new RealContainer(pod, spec, prepare, this.#changed);
    this.#init = (pod.spec.initContainers ?? []).map(make);
    this.#main = pod.spec.containers.map(make);
  }

  get containers(): readonly RealContainer[] {
    return [...this.#init, ...this.#main];
  }

  readonly #changed = (): void => {
    this.#dirty = true;
    this.#reporting ??= this.#reportAll().finally(() => (this.#reporting = undefined));
  };

  /** One report at a time: two under way could arrive in the wrong order. */
  async #reportAll(): Promise<void> {
    while (this.#dirty && !this.#stopped) {
      await sleep(SETTLE_MS);
      this.#dirty = false;
      await this.#report().catch(async (error: unknown) => {
        this.#complain(error);
        this.#dirty = true;
        await sleep(RETRY_MS);
      });
    }
  }

  async #report(): Promise<void> {
    const { namespace, name } = this.pod.metadata;
    const status = podStatus(this.pod, this.#init, this.#main);
    await this.#api.merge(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status });
  }

  #complain(error: unknown): void {
    if (!this.#stopped) process.stderr.write(`${this.netns}: ${String(error)}\n`);
  }

  async start(): Promise<void> {
    const { namespace, name } = this.pod.metadata;
    await rm(podDir(namespace, name), { recursive: true, force: true });
    await mkdir(podDir(namespace, name), { recursive: true });
    await makePodNetns(this.netns, this.pod.status?.podIP ?? '');
    const all = [...this.#init, ...this.#main];
    await describeToKubelet(this.#api, this.pod, this.netns, all);
    for (const container of this.#init) await this.#startInit(container);
    this.#network();
    for (const container of this.#main) this.#startMain(container);
  }

  #network(): void {
    if (this.networked) return;
    this.networked = true;
    this.#onNetworked();
  }

  async #startInit(container: RealContainer): Promise<void> {
    if (container.spec.restartPolicy === 'Always') {
      // A native sidecar's start-up probe holds the rest of the pod back.
      this.#network();
      this.#startMain(container);
      await until(`${this.netns} sidecar`, () => Promise.resolve(container.state.ready), 600_000);
      return;
    }
    while (!this.#stopped) {
      const ended = await container.runOnce();
      if (ended.exitCode === 0) {
        container.state.ended = ended;
        container.state.ready = true;
        return;
      }
      container.state.restarts += 1;
      await sleep(1000);
    }
  }

  #startMain(container: RealContainer): void {
    const stopped = (): boolean => this.#stopped;
    container.keepRunning().catch((error: unknown) => this.#complain(error));
    void keepProbing(this.pod.status?.podIP ?? '', container, this.#changed, stopped);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#init, ...this.#main].map((container) => container.stop()));
    await removeNetns(this.netns);
    const { namespace, name } = this.pod.metadata;
    await rm(podDir(namespace, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
