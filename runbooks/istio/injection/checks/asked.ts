// What `injection` asks the cluster before it judges.
import { check, valueOf } from '../../../../src/authoring.ts';
import {
  injectorConfig,
  injectors,
  meshRoot,
  type Injectors,
} from '../../../../src/facts/istio/inject/facts.ts';
import { controlPlane } from '../../../../src/facts/istio/istiods.ts';
import { namespace } from '../../../../src/facts/kube/namespace.ts';
import { backend, outageOf } from '../../../../src/facts/kube/webhook-backend.ts';
import { nowOf } from '../../../../src/model/istio/inject/subject.ts';
import { namespaceAsks, runningOf } from '../../../shared/admission/running.ts';
import { distinct, servicesOf } from '../../../shared/admission/trouble.ts';
import { namespaceOf, type Input } from '../../../shared/kube/subject.ts';
import { tellOutside, tellShared } from '../words.ts';

const running = runningOf({
  why: 'A native sidecar is one of the init containers, and an ambient pod needs none.',
  rulesOut: 'a pod that is never injected',
  tell: tellShared,
  nowOf,
  beside: ({ now, about, rest }) =>
    now.is === 'ambient' ? tellOutside('ambient', about, rest) : undefined,
});

const labels = namespaceAsks(namespace, 'Two labels decide, and one overrides the other.');

const webhooks = check<Input>()({
  id: 'webhooks',
  asks: 'Which webhooks inject, and what do they select?',
  why: 'Their selectors decide, not the name of the revision.',
  uses: [injectors],
  gather: (look) => look(injectors, {}),
});

const config = check<Input>()({
  id: 'config',
  asks: 'Which pods does istiod itself skip?',
  why: 'istiod may skip a pod although the webhook is called for it.',
  uses: [injectorConfig],
  after: { webhooks },
  gather: (look, { root }, earlier) =>
    Promise.all(
      revisionsOf(valueOf(earlier.webhooks), root).map((args) => look(injectorConfig, args)),
    ),
});

const backends = check<Input>()({
  id: 'backends',
  asks: 'Can the API server reach and trust the webhooks?',
  why: 'A webhook that fails refuses pods, or lets them start without a sidecar silently.',
  uses: [backend, meshRoot, controlPlane],
  after: { webhooks },
  gather: async (look, { target }, earlier) => {
    const [root, ...services] = await Promise.all([
      look(meshRoot, { namespace: namespaceOf(target) }),
      ...servicesOf(valueOf(earlier.webhooks)?.webhooks).map((args) => look(backend, args)),
    ]);
    // Needed only when nothing answers at a Service.
    const down = services.flatMap((answer) => valueOf(answer) ?? []).find(outageOf);
    const plane = down && (await look(controlPlane, { root: down.namespace }));
    return { root, services, plane };
  },
});

export const asked = { pod: running, namespace: labels, webhooks, config, backends };

/** Each revision once, with the namespace its istiod lives in. */
function revisionsOf(all: Injectors | undefined, root: string) {
  const found = (all?.webhooks ?? []).map(({ revision, backend: to }) => ({
    root: to.is === 'service' ? to.namespace : root,
    revision,
  }));
  return distinct(found);
}
