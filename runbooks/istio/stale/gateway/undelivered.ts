// A certificate that Envoy waits for: which Gateway names it, and why istiod does not send it.
import { listed, type Found, type PodRef, type Rest } from '../../../../src/authoring.ts';
import type { SecretLine } from '../../../../src/facts/istio/secret-log.ts';
import type { Credential } from '../../../../src/model/istio/credentials.ts';
import { sentence } from '../../../../src/model/istio/sync-verdict.ts';
import { again } from '../fixes.ts';
import { allowSecrets, lookForSecret, readGateway } from './fixes.ts';
import { tell } from '../says.ts';

export type Waiting = {
  /** As Envoy names it: `kubernetes://web-cert`. */
  readonly resource: string;
  readonly all: readonly Credential[];
  /** What istiod logged; absent where its log could not be read. */
  readonly lines: readonly SecretLine[] | undefined;
  readonly pod: PodRef;
  readonly account: string;
  readonly from: Rest['from'];
};

export function undelivered(waiting: Waiting): Found {
  const { resource, all, lines, pod, account, from } = waiting;
  const named = all.filter(({ resources }) => resources.includes(resource));
  const [first] = named;
  const secret = first ?? secretOf(resource, pod.namespace);
  const { namespace } = pod;
  const line = lines?.findLast(({ secrets }) => isAbout(secrets, resource, secret.name));
  const slots = {
    resource: `Secret ${secret.namespace}/${secret.name}`,
    gateway: first ? `Gateway ${first.gateway.id}` : 'A Gateway',
    listeners: listeners(named),
    hosts: hostsOf(named),
    namespace,
  };
  const verify = again(pod);
  const look = lookForSecret(secret, verify);
  switch (line?.about) {
    case 'missing':
      return tell('credential-missing', slots, { from, fixes: look });
    case 'unusable':
      return tell(
        'credential-unusable',
        { ...slots, reason: sentence(reasonOf(line)) },
        { from, fixes: look },
      );
    case 'not-allowed':
      return tell(
        'credential-not-allowed',
        { ...slots, account: `${namespace}/${account}` },
        { from, fixes: allowSecrets(pod, account, verify) },
      );
    case 'other-namespace':
      return tell('credential-elsewhere', slots, {
        from,
        fixes: first ? [readGateway(first.gateway, verify)] : [],
      });
    case undefined:
      return tell(
        'credential-unsent',
        {
          ...slots,
          pod,
          reason: `it is missing or unusable, or ServiceAccount ${namespace}/${account} may not list Secrets there.`,
        },
        { from, sure: lines !== undefined, fixes: look },
      );
  }
}

/** istiod names at most two of those that it does not allow. */
function isAbout(secrets: readonly string[], resource: string, name: string): boolean {
  return secrets.some((one) => one === resource || one === name || /^and \d+ others$/.test(one));
}

function reasonOf({ text }: SecretLine): string {
  return text.replace(/^failed to fetch .*? for \S+: /, '');
}

/** `kubernetes-gateway://edge/web-cert-cacert` */
function secretOf(resource: string, podNamespace: string) {
  const path = resource.replace(/^[a-z-]+:\/\//, '').replace(/-cacert$/, '');
  const [first = '', second] = path.split('/');
  return second === undefined
    ? { namespace: podNamespace, name: first }
    : { namespace: first, name: second };
}

function listeners(named: readonly Credential[]): string {
  const ports = [...new Set(named.map(({ server }) => String(server.port)))];
  return ports.length === 0 ? 'the listener' : `the listener of port ${listed(ports)}`;
}

function hostsOf(named: readonly Credential[]): string {
  const hosts = named.flatMap(({ server }) => server.hosts.map(({ host }) => host));
  return listed([...new Set(hosts)]) || 'its hosts';
}
