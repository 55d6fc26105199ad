// A cluster that Envoy cannot finish: what it waits for, and which DestinationRule asks for that.
import {
  count,
  inspect,
  kubectl,
  listed,
  valueOf,
  type Answer,
  type Found,
  type PodRef,
  type Rest,
} from '../../../src/authoring.ts';
import type { SecretState, WarmingCluster } from '../../../src/facts/istio/effective.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import { again, at } from './fixes.ts';
import { tell } from './says.ts';

export type Warming = {
  readonly clusters?: Answer<readonly WarmingCluster[]>;
  readonly secrets?: Answer<readonly SecretState[]>;
  readonly pod: PodRef;
  readonly types: string;
  readonly n: number;
  readonly since: string | undefined;
  readonly from: Rest['from'];
};

export function warming(got: Warming): readonly Found[] {
  const { clusters, secrets, pod, types, n, since, from } = got;
  const [first, ...more] = from;
  const proof = [first, ...more, ...known(clusters), ...known(secrets)] as const;
  const waiting = new Set(
    (valueOf(secrets) ?? []).filter(({ state }) => state === 'waiting').map(({ name }) => name),
  );
  const named = (valueOf(clusters) ?? []).flatMap((cluster) => {
    const lacks = cluster.secrets.filter((name) => waiting.has(name));
    return cluster.rule === undefined || lacks.length === 0 ? [] : [{ ...cluster, lacks }];
  });
  if (named.length > 0) {
    return named.map(({ name, rule = '', lacks }) => {
      const isFile = lacks.some((one) => one.startsWith('file-'));
      const slots = {
        ...{ pod, types, cluster: name },
        resource: `DestinationRule ${rule}`,
        files: listed([...new Set(lacks.flatMap(fileNames))]),
        where: isFile
          ? "The files must be in the proxy's container: mount them there (annotation sidecar.istio.io/userVolumeMount), or, for a workload of the mesh, let Istio make the certificate (mode ISTIO_MUTUAL)."
          : undefined,
      };
      return tell('warming-cluster', slots, { from: proof, since, fixes: [readRule(rule, pod)] });
    });
  }
  const see = inspect(
    'See which certificates are missing',
    istioctl`proxy-config secret ${at(pod)}`,
    again(pod),
  );
  const slots = { pod, types, clusters: count(n, 'cluster') };
  return [tell('warming', slots, { from: proof, sure: false, since, fixes: [see] })];
}

function known<T>(answer: Answer<T> | undefined) {
  return answer && answer.kind !== 'unknown' ? [answer] : [];
}

// istio/istio pkg/security/security.go SdsCertificateConfig: `file-cert:CERT~KEY`, `file-root:CA`.
function fileNames(secret: string): readonly string[] {
  const path = /^file-(?:cert|root):(.+)$/.exec(secret)?.[1];
  return path === undefined ? [secret.replace(/^kubernetes:\/\//, 'Secret ')] : path.split('~');
}

function readRule(rule: string, pod: PodRef) {
  const [namespace = '', name = ''] = rule.split('/');
  return inspect(
    `Read DestinationRule ${name}, then correct its tls`,
    kubectl`get destinationrule ${name} -n ${namespace} -o yaml`,
    again(pod),
  );
}
