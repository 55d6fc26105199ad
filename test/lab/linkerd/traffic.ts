import type { Stream } from './steering.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who calls whom among the lab's workloads: the ServiceAccount of the caller, the Service that is called. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'vote-bot': ['web'],
  web: ['emoji', 'voting'],
};

const RATE = 2;

const workloadOf = ({ _pod_name: name = '' }: Env): string => name.replace(/-[^-]+-[^-]+$/, '');

const accountOf = (workload: string): string => (workload === 'vote-bot' ? 'default' : workload);

const identity = (account: string, namespace: string): string =>
  `${account}.${namespace}.serviceaccount.identity.linkerd.cluster.local`;

const list = (text = ''): readonly number[] => text.split(',').filter(Boolean).map(Number);

/** What a healthy workload of the lab sees: HTTP from its meshed caller, TCP on ports that are opaque. */
export function usualTraffic(env: Env): readonly Stream[] {
  const { _pod_ns: namespace = '' } = env;
  const workload = workloadOf(env);
  const opaque = list(env['LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION']);
  const callers = Object.keys(CALLS).filter((each) => CALLS[each]?.includes(workload));
  const tls = (of: string) => ({ is: 'true', peer: identity(accountOf(of), namespace) }) as const;
  const inbound = callers.flatMap((caller) =>
    list(env['LINKERD2_PROXY_INBOUND_PORTS']).map((port): Stream => {
      const protocol = opaque.includes(port) ? 'tcp' : 'http';
      return { direction: 'inbound', protocol, port, tls: tls(caller), rate: RATE };
    }),
  );
  const outbound = (CALLS[workload] ?? []).map((called): Stream => {
    const to = `${called}-svc.${namespace}`;
    return {
      ...{ direction: 'outbound', protocol: 'http', port: 8080 },
      ...{ to, tls: tls(called), rate: RATE },
    };
  });
  return [...inbound, ...outbound];
}
