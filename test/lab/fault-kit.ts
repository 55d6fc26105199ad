import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getJson, kubectl } from './cluster.ts';
import type { Crash } from './container.ts';
import type { Fault } from './faults.ts';
import { proxyStates } from './health.ts';
import type { FaultContext, Lab, LabPod } from './lab.ts';
import { pidsIn } from './net.ts';
import { podDir } from './paths.ts';
import { inNetns, run, sh, sleep, until } from './sh.ts';
import { overridesDir } from './volumes.ts';

export const targetOf = ({ namespace, name }: LabPod): string => `${namespace}/${name}`;

/** Signals a program (envoy, pilot-agent, pilot-discovery) of one pod, and no other. */
export async function signal(pod: LabPod, program: string, what: NodeJS.Signals): Promise<void> {
  for (const pid of await pidsIn(pod.netns)) {
    const comm = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (comm.trim() === program.slice(0, 15)) process.kill(pid, what);
  }
}

/** Ends what one container of a pod runs, told by its command line; its other containers live on. */
export async function endProcess(pod: LabPod, command: RegExp): Promise<void> {
  for (const pid of await pidsIn(pod.netns)) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.test(line.replaceAll('\0', ' '))) process.kill(pid, 'SIGKILL');
  }
}

/** Waits until one of the entries istiod has for a pod is as wanted; [] = not connected at all. */
export async function untilStates(
  pod: LabPod,
  what: string,
  wanted: (entries: Record<string, string>[]) => boolean,
  timeoutMs = 120_000,
): Promise<void> {
  const proxy = `${pod.name}.${pod.namespace}`;
  const probe = async (): Promise<boolean> => {
    const entries = await proxyStates(proxy);
    if (wanted(entries)) return true;
    throw new Error(JSON.stringify(entries));
  };
  await until(`${proxy} to be ${what}`, probe, timeoutMs, 500);
}

export const isGone = (entries: Record<string, string>[]): boolean => entries.length === 0;

/** Waits until a container of a pod has written a line that matches, since the given moment. */
export async function untilLogged(
  pod: LabPod,
  container: string,
  pattern: RegExp,
  since: Date,
  timeoutMs = 120_000,
): Promise<void> {
  const file = join(podDir(pod.namespace, pod.name), `${container}.log`);
  const from = since.toISOString();
  const seen = async (): Promise<boolean> =>
    (await readFile(file, 'utf8')).split('\n').some((line) => line > from && pattern.test(line));
  await until(`${pattern} in the log of ${pod.name}/${container}`, seen, timeoutMs);
}

const CHAIN = 'MDLAB-FAULT';
const iptables = (netns: string, ...args: string[]): string[] =>
  inNetns(netns, ['iptables', '-w', ...args]);

/**
 * Replaces the fault rules of a pod at once: with none for a moment, a proxy that is kept from istiod would get through.
 * Each rule is what follows the chain's name.
 */
export async function setRules(
  netns: string,
  rules: { out?: string[]; in?: string[] },
): Promise<void> {
  for (const [hook, lines] of [
    ['OUTPUT', rules.out ?? []],
    ['INPUT', rules.in ?? []],
  ] as const) {
    const chain = `${CHAIN}-${hook}`;
    const rules = lines.map((line) => `-A ${chain} ${line}`);
    const stdin = ['*filter', `:${chain} - [0:0]`, ...rules, 'COMMIT', ''].join('\n');
    await sh(inNetns(netns, ['iptables-restore', '-w', '--noflush']), { stdin });
    const jump = [hook, '-j', chain];
    if ((await run(iptables(netns, '-C', ...jump))).code !== 0) {
      await sh(iptables(netns, '-I', ...jump));
    }
  }
}

export async function clearRules(netns: string): Promise<void> {
  for (const hook of ['OUTPUT', 'INPUT']) await run(iptables(netns, '-F', `${CHAIN}-${hook}`));
}

/**
 * The namespace controller waits out half of the grace of the pods that it finds before it looks again, though the
 * lab's pods are gone at once: so they go first.
 */
export async function removeNamespaces(...names: readonly string[]): Promise<void> {
  const pods = ['delete', 'deployments,jobs,pods', '--all', '--wait=false'];
  await Promise.all(names.map((name) => kubectl('-n', name, ...pods)));
  await kubectl('delete', 'namespace', ...names, '--ignore-not-found');
}

/** A push to every proxy: something small that all of them must be told. */
export async function nudge(lab: Lab, name: string): Promise<void> {
  await lab.apply(`apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop, labels: { lab.meshdoc.dev/fault: 'true' } }
spec: { ports: [{ name: http, port: 9080 }] }`);
}

export async function forgetNudge(lab: Lab, name: string): Promise<void> {
  await lab.kubectl('-n', 'shop', 'delete', 'service', name, '--ignore-not-found');
}

/** Makes a container of a real pod fail from its next start on; `undefined` lets it live again. */
export async function setCrash(pod: LabPod, container: string, crash?: Crash): Promise<void> {
  const file = join(podDir(pod.namespace, pod.name), `${container}.crash.json`);
  if (crash) await writeFile(file, JSON.stringify(crash));
  else await rm(file, { force: true });
}

type Statuses = { status: { initContainerStatuses?: Status[]; containerStatuses?: Status[] } };
type Status = { name: string; restartCount: number; state: { waiting?: { reason: string } } };

/** Waits until a container is in the longer pauses of a crash loop: in the first ones it soon runs for a moment again. */
export async function untilCrashLoops(pod: LabPod, container: string): Promise<void> {
  await until(`${container} of ${pod.name} to be in a crash loop`, async () => {
    const { status } = await getJson<Statuses>('-n', pod.namespace, 'pod', pod.name);
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    const own = all.find(({ name }) => name === container);
    return own?.state.waiting?.reason === 'CrashLoopBackOff' && own.restartCount >= 2;
  });
}

/** Puts a file in place of the volume file of that name, and restarts the proxy with it. */
export async function restartProxyWith(pod: LabPod, file: string, text: string): Promise<void> {
  const dir = overridesDir(pod.namespace, pod.name);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, file), text);
  await signal(pod, 'pilot-agent', 'SIGKILL');
}

export async function restartProxyClean(pod: LabPod): Promise<void> {
  await rm(overridesDir(pod.namespace, pod.name), { recursive: true, force: true });
  await signal(pod, 'pilot-agent', 'SIGKILL');
}

// istiod gathers changes for 100 ms before it pushes; before that all is still SYNCED.
const PUSH_MS = 1000;

/** A fault that is only configuration: every proxy takes it and stays SYNCED. */
export function configFault(name: string, does: string, yaml: string, names = {}): Fault {
  return {
    name,
    does,
    async break(lab): Promise<FaultContext> {
      await lab.apply(yaml);
      await sleep(PUSH_MS);
      const pod = await lab.pod('web');
      await untilStates(pod, 'synced', ([states = {}]) =>
        Object.values(states).every((state) => state === 'SYNCED'),
      );
      return { target: targetOf(pod), ...names };
    },
    async mend(lab) {
      const done = await lab.run(['kubectl', 'delete', '--ignore-not-found', '-f', '-'], {
        stdin: yaml,
      });
      if (done.code !== 0) throw new Error(done.stderr);
    },
  };
}
