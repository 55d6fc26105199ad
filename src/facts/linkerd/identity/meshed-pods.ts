// The identity of pods with a Linkerd proxy: the name for which they request a certificate, and the trust anchors they
// got when they were created.
import { words } from '../../../core/argv.ts';
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import type { ListQuestion } from '../../../core/question.ts';
import { count } from '../../../core/text.ts';
import { failure } from '../../kube/ask.ts';
import { pods } from '../../kube/kinds.ts';
import { readPod, type Pod } from '../../kube/pod.ts';
import { readCertificates, textSum, type Certificate } from '../../../model/certificates/x509.ts';
import { linkerdRole } from '../../../model/linkerd/mesh-pod.ts';

export type MeshedPods = { readonly pods: readonly Pod[]; readonly more: boolean };
export type MeshedArgs = {
  /** The control plane's namespace, which each pod's label names (linkerd2 pkg/k8s/labels.go ControllerNSLabel). */
  readonly root: string;
  readonly namespace: string | undefined;
};

const most = 500;

export const meshedPods = fact({
  name: 'linkerd/meshed-pods',
  asks: ({ namespace }: MeshedArgs) =>
    namespace === undefined ? 'the pods of the mesh' : `the pods of the mesh in ${namespace}`,
  byHand: ({ root, namespace }) =>
    kubectl`get pods ${namespace === undefined ? words`-A` : words`-n ${namespace}`}
      -l ${label(root)}`,
  needs: [needs(['list'], 'pods', 'all')],
  timeoutMs: 10_000,
  fetch: async (ports, { root, namespace }, signal): Promise<Fetched<MeshedPods>> => {
    const question: ListQuestion = {
      ...{ ask: 'list', resource: pods, namespace },
      ...{ labels: label(root), limit: most },
    };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const found = reply.value.items.map(readPod).filter((pod) => proxyOf(pod) !== undefined);
    return { ok: true, value: { pods: found, more: reply.value.more } };
  },
  show: ({ pods: all, more }) => [
    `${count(all.length, 'pod')} with a proxy${more ? ', and more that were not read' : ''}`,
  ],
});

function label(root: string): string {
  return `linkerd.io/control-plane-ns=${root}`;
}

/** The parts of Linkerd itself have one too, except identity while it starts. */
export function proxyOf(pod: Pod) {
  const role = linkerdRole(pod);
  return role.is === 'none' ? undefined : role.proxy;
}

/** The name for which a pod's proxy requests a certificate, and to which it answers (linkerd2 pkg/k8s/k8s.go PodIdentity). */
export function identityOf(pod: Pod): string | undefined {
  const written = proxyOf(pod)?.env['LINKERD2_PROXY_IDENTITY_LOCAL_NAME'];
  if (written === undefined || written === '') return undefined;
  return written
    .replaceAll('$(_pod_sa)', pod.serviceAccount)
    .replaceAll('$(_pod_ns)', pod.ref.namespace);
}

/**
 * Whether a pod's anchors are those of the ConfigMap. A control-plane pod reads the ConfigMap itself, so its spec does
 * not say (linkerd2 charts/partials/templates/_proxy.tpl loadTrustBundleFromConfigMap).
 */
export function anchorsOf(pod: Pod, pem: string): 'same' | 'other' | 'unknown' {
  const written = proxyOf(pod)?.env['LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS'] ?? '';
  if (written === '' || readCertificates(pem).length === 0) return 'unknown';
  if (readCertificates(written).length > 0)
    return written.trim() === pem.trim() || isSameSet(written, pem) ? 'same' : 'other';
  // The text was not shown; its checksum is on the pod (linkerd2 pkg/inject/inject.go injectObjectMeta).
  const sum = pod.annotations['linkerd.io/trust-root-sha256'];
  if (sum === undefined) return 'unknown';
  return [pem, pem.trim(), `${pem.trim()}\n`].some((one) => textSum(one) === sum)
    ? 'same'
    : 'other';
}

/** The anchors in a pod's own spec; empty where they are not shown. */
export function anchorsIn(pod: Pod): readonly Certificate[] {
  return readCertificates(proxyOf(pod)?.env['LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS'] ?? '');
}

function isSameSet(one: string, other: string): boolean {
  const ids = (pem: string) => new Set(readCertificates(pem).map((c) => c.fingerprint));
  const [a, b] = [ids(one), ids(other)];
  return a.size === b.size && [...a].every((id) => b.has(id));
}
