import { mkdir, writeFile } from 'node:fs/promises';
import { inState } from './paths.ts';
import type { Meta } from './pod-types.ts';
import { inNetns, run } from './sh.ts';

type ServicePort = { name?: string; port: number; protocol?: string };
export type Service = {
  metadata: Meta;
  spec: { clusterIP?: string; ports?: ServicePort[] };
};
export type Slice = {
  metadata: Meta;
  ports?: { name?: string; port?: number }[] | null;
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[] | null;
};

const CHAIN = 'MDLAB-SVC';
const SERVICE_LABEL = 'kubernetes.io/service-name';

const hasIp = ({ spec }: Service): boolean => Boolean(spec.clusterIP) && spec.clusterIP !== 'None';

function targets(service: Service, port: ServicePort, slices: Slice[]): string[] {
  return slicesOf(service, slices).flatMap((slice) => {
    const number = slice.ports?.find((each) => (each.name ?? '') === (port.name ?? ''))?.port;
    const ready = (slice.endpoints ?? []).filter((each) => each.conditions?.ready !== false);
    return ready.flatMap(({ addresses }) => addresses.map((address) => `${address}:${number}`));
  });
}

/** The rules of one service port, as kube-proxy writes them: spread, or refuse when empty. */
function portRules(service: Service, port: ServicePort, slices: Slice[]): [string[], string[]] {
  const match = `-A ${CHAIN} -d ${service.spec.clusterIP}/32 -p tcp -m tcp --dport ${port.port}`;
  const to = targets(service, port, slices);
  if (to.length === 0) return [[], [`${match} -j REJECT --reject-with icmp-port-unreachable`]];
  const nat = to.map((target, index) => {
    const share = (1 / (to.length - index)).toFixed(5);
    const spread =
      index < to.length - 1 ? `-m statistic --mode random --probability ${share} ` : '';
    return `${match} ${spread}-j DNAT --to-destination ${target}`;
  });
  return [nat, []];
}

/** The text for iptables-restore that makes cluster IPs work inside a pod. */
export function rulesOf(services: Service[], slices: Slice[]): string {
  const all = services
    .filter(hasIp)
    .flatMap((service) =>
      (service.spec.ports ?? [])
        .filter((port) => (port.protocol ?? 'TCP') === 'TCP')
        .map((port) => portRules(service, port, slices)),
    );
  const table = (name: string, lines: string[]): string =>
    [`*${name}`, `:${CHAIN} - [0:0]`, ...lines, 'COMMIT', ''].join('\n');
  return (
    table(
      'nat',
      all.flatMap(([nat]) => nat),
    ) +
    table(
      'filter',
      all.flatMap(([, rest]) => rest),
    )
  );
}

/** Appended last, so that Istio's own redirection of the application's traffic comes first. */
export async function applyRules(netns: string, rules: string): Promise<void> {
  await run(inNetns(netns, ['iptables-restore', '-w', '--noflush']), { stdin: rules });
  for (const table of ['nat', 'filter']) {
    const jump = ['OUTPUT', '-j', CHAIN];
    const iptables = inNetns(netns, ['iptables', '-w', '-t', table]);
    const there = await run([...iptables, '-C', ...jump]);
    if (there.code !== 0) await run([...iptables, '-A', ...jump]);
  }
}

const slicesOf = ({ metadata }: Service, slices: Slice[]): Slice[] =>
  slices.filter(
    (slice) =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.[SERVICE_LABEL] === metadata.name,
  );

/** What DNS answers: the cluster IP, or every ready pod of a headless Service. */
function addressesOf(service: Service, slices: Slice[]): string[] {
  if (service.spec.clusterIP !== 'None') return [service.spec.clusterIP ?? ''].filter(Boolean);
  const all = slicesOf(service, slices).flatMap(({ endpoints }) => endpoints ?? []);
  const ready = all.filter(({ conditions }) => conditions?.ready !== false);
  return ready.flatMap(({ addresses }) => addresses);
}

/** Cluster DNS as a hosts file per namespace, written in place: running pods have it mounted. */
export async function writeHosts(
  namespace: string,
  services: Service[],
  slices: Slice[] = [],
): Promise<void> {
  const lines = services.flatMap((service) => {
    const { name, namespace: ns } = service.metadata;
    const names = [`${name}.${ns}.svc.cluster.local`, `${name}.${ns}.svc`, `${name}.${ns}`];
    if (ns === namespace) names.push(name);
    return addressesOf(service, slices).map((address) => `${address} ${names.join(' ')}`);
  });
  await mkdir(inState('hosts'), { recursive: true });
  await writeFile(inState('hosts', namespace), `127.0.0.1 localhost\n${lines.join('\n')}\n`);
}
