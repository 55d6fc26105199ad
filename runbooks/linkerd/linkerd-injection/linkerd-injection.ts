// A pod that has no Linkerd proxy, or one that does not start, or would lose it. Two gates decide when it is created: the
// API server calls the webhook whose selectors match, and the injector injects what its annotations ask for. What it can
// say is in linkerd-injection.findings*.ts, how it concludes in linkerd-injection.judge*.ts.
import { defineRunbook, input, valueOf, type Place, withOwn } from '../../../src/authoring.ts';
import { lastWords } from '../../../src/facts/kube/last-words.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { refusals } from '../../../src/facts/kube/refusals.ts';
import { backend } from '../../../src/facts/kube/webhook-backend.ts';
import { workloads } from '../../../src/facts/kube/workloads.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { shutOut } from '../../../src/facts/linkerd/inject/blocked.ts';
import {
  annotated,
  injectorEvents,
  injectors,
  served,
  type Injectors,
} from '../../../src/facts/linkerd/inject/facts.ts';
import { readyInjector } from '../../../src/model/linkerd/inject/plane.ts';
import { serverNameOf } from '../../../src/model/linkerd/inject/webhook.ts';
import { detect } from './detect.ts';
import { findings } from './says.ts';
import * as ofNamespace from './judge/namespace.ts';
import { refused } from './judge/refused.ts';
import * as judge from './judge.ts';
import { podsOf, shouldHaveProxy } from './place.ts';

export default defineRunbook({
  id: 'linkerd-injection',
  aliases: ['linkerd-inject', 'linkerd-proxy-missing'],
  mesh: 'linkerd',
  title: 'Linkerd proxy is missing',
  symptom: 'A pod has no linkerd-proxy, its proxy never starts, or a restart would change that.',
  words: [
    'not injected',
    'not meshed',
    'no proxy',
    'inject annotation has no effect',
    'pods are not created',
  ],
  input: { target: input.place('the pod, workload or namespace that should be in the mesh') },
  findings,
  detect,
})
  .step('pod', {
    asks: 'What runs now, and from what is it made?',
    why: 'A native sidecar, the default since 2.20, stands among the init containers.',
    rulesOut: 'a pod that has no proxy by design',
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
    why: 'An annotation asks, a label does not, and one label keeps every webhook away.',
    uses: [annotated],
    gather: (look, { target }) => look(annotated, { name: namespaceOf(target) }),
    judge: () => undefined,
  })
  .step('webhooks', {
    asks: 'Which webhook injects, and what does it select?',
    why: 'Its own selectors decide, which an install may change.',
    uses: [injectors],
    gather: (look) => look(injectors, {}),
    judge: () => undefined,
  })
  .step('plane', {
    asks: 'Is the injector up, and how was it installed?',
    why: 'A pod that is made while no injector answers starts without a proxy.',
    uses: [linkerdControlPlane],
    gather: (look, { linkerd }) => look(linkerdControlPlane, { named: linkerd }),
    judge: () => undefined,
  })
  .step('backends', {
    asks: 'Can the API server reach and trust what injects?',
    why: 'Linkerd lets pods pass without a word when it cannot, unless it was told otherwise.',
    uses: [backend, served, shutOut],
    after: ['pod', 'namespace', 'webhooks', 'plane'],
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
        ...servicesOf(valueOf(webhooks)).map((args) => look(backend, args)),
      ]);
      return { services, served: certificate, shut };
    },
    judge: () => undefined,
  })
  .step('said', {
    asks: 'Were its pods refused, and was the injector asked about them?',
    why: 'The injector leaves an event on the owner of every pod; where there is none, it was never reached.',
    rulesOut: 'pods that are refused',
    uses: [refusals, injectorEvents],
    gather: async (look, { target }) => {
      const args = { namespace: namespaceOf(target) };
      const [refused, events] = await Promise.all([
        look(refusals, args),
        look(injectorEvents, args),
      ]);
      return { refusals: refused, events };
    },
    judge: (got, say, asked, sofar) => {
      const all = withOwn(sofar, { said: got });
      if (asked.target.is === 'namespace') ofNamespace.refusedIn(all, say);
      else refused(all, say, asked);
    },
  })
  .step('gates', {
    asks: 'Would a new pod get a proxy, and why does this one have none?',
    why: 'What the API server and the injector decide now, held against what is there.',
    rulesOut: 'a webhook that does not select it, and an injector that leaves it out',
    uses: [],
    gather: () => Promise.resolve(undefined),
    judge: (_, say, asked, sofar) => {
      if (asked.target.is === 'namespace') return ofNamespace.gatesOf(sofar, say);
      return judge.gates(sofar, say, asked);
    },
  })
  .step('start', {
    asks: 'Does the proxy that was injected start?',
    why: 'What sets the redirect runs first, and a pod waits for it.',
    rulesOut: 'an injected proxy that never starts',
    uses: [lastWords],
    after: ['pod'],
    gather: async (look, { target }, { pod: got }) => {
      const found = judge.troubled(podsOf(got, target));
      const speaks = found?.start.is === 'init-fails' || found?.start.is === 'validator-fails';
      if (!found || !speaks || !('container' in found.start)) return undefined;
      const { container } = found.start;
      return container.restarts === 0
        ? undefined
        : look(lastWords, { pod: found.pod.ref, container: container.name });
    },
    judge: judge.start,
  });

function namespaceOf(target: Place): string {
  if (target.is === 'namespace') return target.name;
  return target.is === 'pod' ? target.pod.namespace : target.namespace;
}

function servicesOf(all: Injectors | undefined) {
  return (all?.webhooks ?? []).flatMap(({ backend: to }) =>
    to.is === 'service' ? [{ namespace: to.namespace, name: to.name, port: to.port }] : [],
  );
}
