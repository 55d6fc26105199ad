// A pod that has no sidecar, or would lose the one it has. Two gates decide when it is created: the API server calls
// the webhooks whose selectors match, and istiod injects what they send unless its own rules say no. What it can say
// is in injection.findings*.ts, how it concludes in injection.judge*.ts.
import {
  defineRunbook,
  input,
  skip,
  valueOf,
  type Place,
  withOwn,
} from '../../../src/authoring.ts';
import {
  injectorConfig,
  injectors,
  meshRoot,
  type Injectors,
} from '../../../src/facts/istio/inject/facts.ts';
import { controlPlane } from '../../../src/facts/istio/istiods.ts';
import { meshConfig } from '../../../src/facts/istio/mesh-config.ts';
import { namespace } from '../../../src/facts/kube/namespace.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { refusals } from '../../../src/facts/kube/refusals.ts';
import { backend, outageOf } from '../../../src/facts/kube/webhook-backend.ts';
import { workloads } from '../../../src/facts/kube/workloads.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import * as ofNamespace from './judge/namespace.ts';
import { refused } from './judge/refused.ts';
import * as judge from './judge.ts';

export default defineRunbook({
  id: 'injection',
  aliases: ['injection-missing', 'no-sidecar'],
  mesh: 'istio',
  title: 'Sidecar is missing',
  symptom: 'A pod has no istio-proxy, its workload gets no pods, or a restart would change that.',
  words: [
    'not injected',
    'without a sidecar',
    'no proxy',
    'inject label has no effect',
    'pods are not created',
  ],
  input: { target: input.place('the pod, workload or namespace that should be in the mesh') },
  findings,
  detect,
})
  .step('pod', {
    asks: 'What runs now, and from what is it made?',
    why: 'Native sidecars stand among the init containers, and ambient pods need none.',
    rulesOut: 'a pod that has no sidecar by design',
    uses: [pod, workloads],
    gather: async (look, { target }) => {
      const [one, all] = await Promise.all([
        target.is === 'pod' ? look(pod, { pod: target.pod }) : undefined,
        look(workloads, { namespace: namespaceOf(target) }),
      ]);
      return { pod: one, all };
    },
    judge: judge.place,
  })
  .step('namespace', {
    asks: 'What does its namespace ask for?',
    why: 'Two labels decide, and one of them silences the other.',
    uses: [namespace],
    gather: (look, { target }) => look(namespace, { name: namespaceOf(target) }),
    judge: () => undefined,
  })
  .step('webhooks', {
    asks: 'Which webhooks inject, and what do they select?',
    why: 'Their own selectors decide, not what the revision is called.',
    uses: [injectors],
    gather: (look) => look(injectors, {}),
    judge: () => undefined,
  })
  .step('config', {
    asks: 'What does istiod itself leave out?',
    why: 'A pod that is sent to istiod may still come back as it was.',
    uses: [injectorConfig],
    after: ['webhooks'],
    gather: (look, { root }, { webhooks }) =>
      Promise.all(revisionsOf(valueOf(webhooks), root).map((args) => look(injectorConfig, args))),
    judge: () => undefined,
  })
  .step('backends', {
    asks: 'Can the API server reach and trust what injects?',
    why: 'A webhook nobody answers refuses pods, or lets them pass without a word.',
    uses: [backend, meshRoot, controlPlane],
    after: ['webhooks'],
    gather: async (look, { target }, { webhooks }) => {
      const [root, ...services] = await Promise.all([
        look(meshRoot, { namespace: namespaceOf(target) }),
        ...servicesOf(valueOf(webhooks)).map((args) => look(backend, args)),
      ]);
      const down = services.flatMap((answer) => valueOf(answer) ?? []).find(outageOf);
      const plane = down && (await look(controlPlane, { root: down.namespace }));
      return { root, services, plane };
    },
    judge: () => undefined,
  })
  .step('refusals', {
    asks: 'Were its pods refused?',
    why: 'A pod that was never created has no status; only its maker knows.',
    rulesOut: 'pods that are refused',
    uses: [refusals],
    gather: (look, { target }) => look(refusals, { namespace: namespaceOf(target) }),
    judge: (got, say, asked, sofar) => {
      const all = withOwn(sofar, { refusals: got });
      if (asked.target.is === 'namespace') ofNamespace.refusedIn(all, say, asked);
      else refused(all, say, asked);
    },
  })
  .step('gates', {
    asks: 'Would a new pod get a sidecar, and why does this one have none?',
    why: 'What the API server and istiod decide now, held against what is there.',
    rulesOut: 'a webhook that does not select it, and an istiod that leaves it out',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: (_, say, asked, sofar) => {
      if (asked.target.is === 'namespace') return ofNamespace.gatesOf(sofar, say, asked);
      return judge.gates(sofar, say, asked);
    },
  })
  .step('discovery', {
    asks: 'Does istiod look at the namespace at all?',
    why: 'A namespace outside discoverySelectors is injected and then forgotten.',
    uses: [meshConfig],
    after: ['webhooks'],
    when: ({ webhooks }) =>
      (valueOf(webhooks)?.webhooks.length ?? 0) > 0 || skip('no webhook injects here'),
    gather: (look, { root, revision }) => look(meshConfig, { root, revision }),
    judge: judge.discovery,
  });

function namespaceOf(target: Place): string {
  if (target.is === 'namespace') return target.name;
  return target.is === 'pod' ? target.pod.namespace : target.namespace;
}

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
