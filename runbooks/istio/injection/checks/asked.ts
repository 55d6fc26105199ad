// What `injection` asks the cluster before it judges.
import { check, stop, valueOf } from '../../../../src/authoring.ts';
import {
  injectorConfig,
  injectors,
  meshRoot,
  type Injectors,
} from '../../../../src/facts/istio/inject/facts.ts';
import { controlPlane } from '../../../../src/facts/istio/istiods.ts';
import { namespace } from '../../../../src/facts/kube/namespace.ts';
import { pod } from '../../../../src/facts/kube/pod.ts';
import { backend, outageOf } from '../../../../src/facts/kube/webhook-backend.ts';
import { workloads } from '../../../../src/facts/kube/workloads.ts';
import { byDesign } from '../by-design.ts';
import { namespaceOf, type Input, type Running } from '../../../shared/kube/subject.ts';

const running = check<Input>()({
  id: 'pod',
  asks: 'What runs now, and from what is it made?',
  why: 'Native sidecars stand among the init containers, and ambient pods need none.',
  rulesOut: 'a pod that has no sidecar by design',
  uses: [pod, workloads],
  gather: async (look, { target }): Promise<Running> => {
    const [one, all] = await Promise.all([
      target.is === 'pod' ? look(pod, { pod: target.pod }) : undefined,
      look(workloads, { namespace: namespaceOf(target) }),
    ]);
    return { pod: one, all };
  },
  judge: (got, _, input) => {
    const found = byDesign(got, input);
    return found && [found, stop];
  },
});

const labels = check<Input>()({
  id: 'namespace',
  asks: 'What does its namespace ask for?',
  why: 'Two labels decide, and one of them silences the other.',
  uses: [namespace],
  gather: (look, { target }) => look(namespace, { name: namespaceOf(target) }),
});

const webhooks = check<Input>()({
  id: 'webhooks',
  asks: 'Which webhooks inject, and what do they select?',
  why: 'Their own selectors decide, not what the revision is called.',
  uses: [injectors],
  gather: (look) => look(injectors, {}),
});

const config = check<Input>()({
  id: 'config',
  asks: 'What does istiod itself leave out?',
  why: 'A pod that is sent to istiod may still come back as it was.',
  uses: [injectorConfig],
  after: { webhooks },
  gather: (look, { root }, earlier) =>
    Promise.all(
      revisionsOf(valueOf(earlier.webhooks), root).map((args) => look(injectorConfig, args)),
    ),
});

const backends = check<Input>()({
  id: 'backends',
  asks: 'Can the API server reach and trust what injects?',
  why: 'A webhook nobody answers refuses pods, or lets them pass without a word.',
  uses: [backend, meshRoot, controlPlane],
  after: { webhooks },
  gather: async (look, { target }, earlier) => {
    const [root, ...services] = await Promise.all([
      look(meshRoot, { namespace: namespaceOf(target) }),
      ...servicesOf(valueOf(earlier.webhooks)).map((args) => look(backend, args)),
    ]);
    // Asked only when nothing answers at a Service.
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

function servicesOf(all: Injectors | undefined) {
  const found = (all?.webhooks ?? []).flatMap(({ backend: to }) =>
    to.is === 'service' ? [{ namespace: to.namespace, name: to.name, port: to.port }] : [],
  );
  return distinct(found);
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
