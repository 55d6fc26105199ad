import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import type { RealContainer } from './container.ts';
import { built, inState } from './paths.ts';
import type { Pod } from './pod-types.ts';
import { sh } from './sh.ts';

const GROUP = '/apis/kwok.x-k8s.io/v1alpha1';
const FORWARDED = [
  ...[8080, 15000, 15004, 15010, 15012, 15014, 15017, 15020, 15021, 15090],
  // Linkerd's proxy, its control plane, viz and Prometheus.
  ...[4143, 4191, 8084, 8085, 8089, 8443, 9090, 9990, 9994, 9995, 9996, 9997, 9998],
];

/** All that `kubectl exec` finds in a pod: distroless, plus a curl to play a client with. */
export const kubeletPath = inState('kubelet-bin');

/** Writes the commands of `kubectl exec`, each of which enters the pod's network namespace. */
export async function writeExecCommands(): Promise<void> {
  await mkdir(kubeletPath, { recursive: true });
  const real: Record<string, string> = {
    'pilot-agent': join(built.istio, 'pilot-agent'),
    'pilot-discovery': join(built.istio, 'pilot-discovery'),
    curl: '/usr/bin/curl',
  };
  for (const [name, file] of Object.entries(real)) {
    const wrapper = join(kubeletPath, name);
    const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
    await writeFile(
      wrapper,
      `#!/bin/sh\n${path}\nexport PATH\nexec ip netns exec "$POD_NETNS" ${file} "$@"\n`,
    );
    await chmod(wrapper, 0o755);
  }
}

async function commandPath(name: string): Promise<string> {
  return (await sh(['sh', '-c', `command -v ${name}`])).trim();
}

function specs(netns: string, containers: RealContainer[], ip: string, socat: string): object {
  const names = containers.map(({ spec }) => spec.name);
  return {
    Logs: {
      logs: containers.map(({ spec, logFile, previousLogFile }) => ({
        containers: [spec.name],
        logsFile: logFile,
        previousLogsFile: previousLogFile,
      })),
    },
    Exec: {
      execs: [{ containers: names, local: { envs: [{ name: 'POD_NETNS', value: netns }] } }],
    },
    // Through the pod's own loopback, as a kubelet does: Envoy's admin port listens on nothing
    // else, and istiod grants its debug endpoints to loopback alone.
    PortForward: {
      forwards: FORWARDED.map((port) => ({
        ports: [port],
        command: [ip, 'netns', 'exec', netns, socat, '-', `TCP:127.0.0.1:${port}`],
      })),
    },
  };
}

/** Tells kwok where a pod's logs, commands and ports are. */
export async function describeToKubelet(
  api: Api,
  pod: Pod,
  netns: string,
  containers: RealContainer[],
): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const owner = { apiVersion: 'v1', kind: 'Pod', name, uid };
  const all = specs(netns, containers, await commandPath('ip'), await commandPath('socat'));
  for (const [kind, spec] of Object.entries(all)) {
    const path = `${GROUP}/namespaces/${namespace}/${kind.toLowerCase().replace(/s?$/, 's')}`;
    const metadata = { name, namespace, ownerReferences: [owner] };
    const object = { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata, spec };
    await api.call('DELETE', `${path}/${name}`).catch(() => undefined);
    await api.post(path, object);
  }
}
