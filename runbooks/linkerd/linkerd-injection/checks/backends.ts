// What is behind the webhook.
import { check, valueOf } from '../../../../src/authoring.ts';
import { backend } from '../../../../src/facts/kube/webhook-backend.ts';
import { shutOut } from '../../../../src/facts/linkerd/inject/blocked.ts';
import { served } from '../../../../src/facts/linkerd/inject/facts.ts';
import { readyInjector } from '../../../../src/model/linkerd/inject/plane.ts';
import { serverNameOf } from '../../../../src/model/linkerd/inject/webhook.ts';
import { servicesOf } from '../../../shared/admission/trouble.ts';
import type { Input } from '../../../shared/kube/subject.ts';
import { shouldHaveProxy } from '../here.ts';
import { cluster } from './cluster.ts';

export const backends = check<Input>()({
  id: 'backends',
  asks: 'Can the API server reach and trust the webhook?',
  why: 'If it cannot, pods start without a proxy silently, unless the failurePolicy is Fail.',
  uses: [backend, served, shutOut],
  after: cluster,
  gather: async (look, { target }, earlier) => {
    const { webhooks, plane } = earlier;
    const [first] = valueOf(webhooks)?.webhooks ?? [];
    const ready = readyInjector(valueOf(plane));
    const serverName = first && serverNameOf(first);
    const closer = shouldHaveProxy(earlier, target);
    const root = first?.backend.is === 'service' ? first.backend.namespace : undefined;
    const [certificate, shut, ...services] = await Promise.all([
      closer && ready && serverName !== undefined
        ? look(served, { pod: ready.ref, serverName })
        : undefined,
      closer && root !== undefined ? look(shutOut, { namespace: root }) : undefined,
      ...servicesOf(valueOf(webhooks)?.webhooks).map((args) => look(backend, args)),
    ]);
    return { services, served: certificate, shut };
  },
});
