// What cert-manager reports about the certificates of Linkerd that it manages: a Certificate tells its expiry, so no
// Secret must be read (https://cert-manager.io/docs/reference/api-docs/ CertificateStatus).
import { kubectl } from '../../../core/command.ts';
import { fact, needs, type Fetched } from '../../../core/fact.ts';
import { happened } from '../../../core/moment.ts';
import type { KubeObject } from '../../../core/object.ts';
import type { ListQuestion } from '../../../core/question.ts';
import { failure } from '../../kube/ask.ts';
import { list, text, time } from '../../../model/kube/read.ts';
import { managedCertificates } from './kinds.ts';

export type Managed = {
  readonly name: string;
  /** The Secret it writes. */
  readonly secret: string;
  readonly from: number | undefined;
  readonly until: number | undefined;
  /** Why it is not Ready, in cert-manager's words. */
  readonly trouble: string | undefined;
};

export const managed = fact({
  name: 'linkerd/managed-certificates',
  asks: ({ root }: { root: string }) => `cert-manager's certificates in ${root}`,
  byHand: ({ root }) => kubectl`get certificates.cert-manager.io -n ${root} -o wide`,
  needs: [needs(['list'], 'certificates.cert-manager.io', 'mesh-root')],
  timeoutMs: 8000,
  fetch: async (ports, { root }, signal): Promise<Fetched<readonly Managed[]>> => {
    const question: ListQuestion = { ask: 'list', resource: managedCertificates, namespace: root };
    const reply = await ports.ask(question, signal);
    if (!reply.ok) return failure(reply, question);
    return { ok: true, value: reply.value.items.map(readManaged) };
  },
  show: (all) => (all.length === 0 ? ['none'] : all.map(managedLine)),
  moments: (all) =>
    all.flatMap(({ name, from, until }) => [
      ...happened('certificate', from, `cert-manager's certificate ${name} becomes valid`),
      ...happened('certificate', until, `cert-manager's certificate ${name} expires`),
    ]),
});

function readManaged({ metadata, spec, status }: KubeObject): Managed {
  const ready = list(status, 'conditions').find((c) => text(c, 'type') === 'Ready');
  const said = text(ready, 'message') ?? text(ready, 'reason') ?? 'not Ready';
  return {
    name: metadata.name,
    secret: text(spec, 'secretName') ?? '',
    from: time(text(status, 'notBefore')),
    until: time(text(status, 'notAfter')),
    trouble: text(ready, 'status') === 'False' ? said : undefined,
  };
}

function managedLine({ name, secret, until, trouble }: Managed): string {
  const end = until === undefined ? 'no expiry known' : `until ${new Date(until).toISOString()}`;
  return `${name} -> Secret ${secret}: ${end}${trouble === undefined ? '' : `; ${trouble}`}`;
}
