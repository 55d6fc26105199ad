// The trust anchors of a mesh, from the ConfigMap that its control plane and its injector read.
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import { happened } from '../../../core/moment.ts';
import type { GetQuestion } from '../../../core/question.ts';
import { failure } from '../../kube/ask.ts';
import { configMaps } from '../../kube/kinds.ts';
import { at, list, text, time } from '../../../model/kube/read.ts';
import { certificateMoments } from '../../../model/certificates/moments.ts';
import { certificateLine } from '../../../model/certificates/text.ts';
import { readCertificates, type Certificate } from '../../../model/certificates/x509.ts';

export type TrustRoots = {
  readonly pem: string;
  readonly anchors: readonly Certificate[];
  /** When the bundle was last written, according to its managers. */
  readonly changed: number | undefined;
  readonly now: number;
};

/** linkerd2 charts/linkerd-control-plane/templates/identity.yaml */
export const trustRootsName = 'linkerd-identity-trust-roots';
const key = 'ca-bundle.crt';

export const trustRoots = fact({
  name: 'linkerd/trust-roots',
  asks: ({ root }: { root: string }) => `the trust anchors of Linkerd in ${root}`,
  byHand: ({ root }) =>
    kubectl`get configmap ${trustRootsName} -n ${root} -o ${'jsonpath={.data.ca-bundle\\.crt}'}`,
  needs: [needs(['get'], 'configmaps', 'mesh-root', { names: [trustRootsName] })],
  timeoutMs: 8000,
  fetch: async (ports, { root }, signal): Promise<Fetched<TrustRoots>> => {
    const ref = { resource: configMaps, name: trustRootsName, namespace: root };
    const question: GetQuestion = { ask: 'get', ref };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    const pem = text(reply.value, 'data', key);
    const detail = `ConfigMap ${trustRootsName} has no ${key}`;
    if (pem === undefined) return { ok: false, why: 'unreadable', detail };
    const managers = list(reply.value.metadata.managedFields);
    const times = managers.flatMap((manager) => time(text(manager, 'time')) ?? []);
    const created = time(text(at(reply.value, 'metadata'), 'creationTimestamp'));
    const changed = times.length > 0 ? Math.max(...times) : created;
    const now = ports.clock.now();
    return { ok: true, value: { pem, anchors: readCertificates(pem), changed, now } };
  },
  show: ({ anchors, now }) =>
    anchors.length === 0
      ? ['no readable certificate']
      : anchors.map((anchor) => certificateLine(anchor, now)),
  moments: ({ anchors, changed, now }, { root }) => [
    ...happened('change', changed, `ConfigMap ${root}/${trustRootsName} was last written`),
    ...certificateMoments(anchors, now, `a trust anchor of ${root}`),
  ],
});
