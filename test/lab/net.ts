import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { CONTROL_PLANE_NETNS, HOST_IP, PREFIX } from './paths.ts';
import { inControlPlane, inNetns, run, sh } from './sh.ts';

const BRIDGE = `${PREFIX}br`;
const script = (netns: string, text: string): Promise<string> =>
  sh(inNetns(netns, ['sh', '-ec', text]));

/** The control plane's namespace holds the bridge that every pod is plugged into. */
export async function makeControlPlaneNetns(): Promise<void> {
  await sh(['ip', 'netns', 'add', CONTROL_PLANE_NETNS]);
  await script(
    CONTROL_PLANE_NETNS,
    `ip link set lo up
     ip link add ${BRIDGE} type bridge
     ip addr add ${HOST_IP}/16 dev ${BRIDGE}
     ip link set ${BRIDGE} up`,
  );
}

/** An interface name may have 15 characters, so it carries a hash of the namespace's name. */
const vethOf = (netns: string): string =>
  PREFIX + createHash('sha256').update(netns).digest('hex').slice(0, 8);

/** A pod's own network namespace, with its pod IP on eth0. */
export async function makePodNetns(netns: string, ip: string): Promise<void> {
  const veth = vethOf(netns);
  await removeNetns(netns);
  await sh(['ip', 'netns', 'add', netns]);
  await sh(
    inControlPlane([
      'sh',
      '-ec',
      `ip link del ${veth} 2>/dev/null || true
       ip link add ${veth} type veth peer name eth0 netns ${netns}
       ip link set ${veth} master ${BRIDGE} up`,
    ]),
  );
  await script(
    netns,
    `ip link set lo up
     ip addr add ${ip}/16 dev eth0
     ip link set eth0 up
     ip route add default via ${HOST_IP}`,
  );
}

export async function removeNetns(netns: string): Promise<void> {
  await run(['ip', 'netns', 'del', netns]);
}

/** Host process ids of everything that runs in a network namespace. */
export async function pidsIn(netns: string): Promise<number[]> {
  const { stdout } = await run(['ip', 'netns', 'pids', netns]);
  return stdout.split('\n').filter(Boolean).map(Number);
}

async function ours(): Promise<string[]> {
  const names = await readdir('/run/netns').catch(() => [] as string[]);
  return names.filter((name) => name.startsWith(PREFIX));
}

/** Ends every process in our namespaces, then the namespaces; veths and the bridge die with them. */
export async function removeAllNetns(): Promise<void> {
  for (const netns of await ours()) {
    for (const pid of await pidsIn(netns)) kill(pid);
    await removeNetns(netns);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // already gone
  }
}
