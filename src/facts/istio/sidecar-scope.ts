// The Sidecar that decides which config a pod's proxy gets, if there is one.
import { kubectl } from '../../core/command.ts';
import { fact, needs, type Fetched } from '../../core/fact.ts';
import type { ListQuestion } from '../../core/question.ts';
import type { PodRef } from '../../core/refs.ts';
import { podText } from '../../core/refs.ts';
import { missedPart } from '../kube/ask.ts';
import type { Labels } from '../../model/kube/labels.ts';
import { hasSelector, readScope } from '../../model/istio/effect/sidecar.ts';
import type { Scene } from '../../model/istio/effect/scene.ts';
import { sidecars } from './kinds.ts';
import { ifServed } from '../mesh/served.ts';

export type ScopeArgs = { readonly pod: PodRef; readonly labels: Labels; readonly root: string };
export type SidecarScope = {
  /** `shop/default`; absent: the proxy gets the config of the whole mesh. */
  readonly name: string | undefined;
  readonly hosts: readonly string[];
  /** An entry imports every host of every namespace. */
  readonly everything: boolean;
  /** A Sidecar for the whole namespace exists here: a second one would not be applied. */
  readonly ofNamespace: string | undefined;
};

export const sidecarScope = fact({
  name: 'istio/sidecar-scope',
  asks: ({ pod }: ScopeArgs) => `the Sidecar that applies to ${podText(pod)}`,
  byHand: ({ pod }) => kubectl`get sidecars.networking.istio.io -n ${pod.namespace}`,
  needs: [
    needs(['list'], 'sidecars.networking.istio.io', 'target'),
    needs(['list'], 'sidecars.networking.istio.io', 'mesh-root'),
  ],
  timeoutMs: 8000,
  fetch: async (ports, { pod, labels, root }, signal): Promise<Fetched<SidecarScope>> => {
    const namespaces = [...new Set([pod.namespace, root])];
    const ask = (namespace: string): ListQuestion => ({
      ask: 'list',
      resource: sidecars,
      namespace,
    });
    const replies = await Promise.all(
      namespaces.map(async (ns) =>
        ifServed(ports, ask(ns), await ports.ask(ask(ns), signal), signal),
      ),
    );
    const missed = namespaces.flatMap((ns, i) => {
      const reply = replies[i];
      // Without the type there is no Sidecar either.
      if (!reply || reply.ok || reply.why === 'absent') return [];
      return [missedPart(`Sidecars in ${ns}`, reply, ask(ns))];
    });
    const objects = replies.flatMap((reply) => (reply.ok ? [...reply.value.items] : []));
    const scope = readScope({
      ...emptyScene,
      pod: { ...pod, labels },
      rootNamespace: root,
      sidecars: objects,
    });
    const { sidecar, imports } = scope;
    const own = objects.find(
      (one) => one.metadata.namespace === pod.namespace && !hasSelector(one),
    );
    return missed.length > 0 && !sidecar
      ? {
          ok: false,
          why: missed[0]?.why ?? 'unreadable',
          detail: missed[0]?.detail ?? '',
          missed: missed.slice(1),
          access: missed[0]?.access,
        }
      : {
          ok: true,
          missed,
          value: {
            name: sidecar && `${sidecar.metadata.namespace ?? ''}/${sidecar.metadata.name}`,
            hosts: sidecar ? imports.map((i) => `${i.namespace}/${i.host}`) : [],
            everything: imports.some((i) => i.namespace === '*' && i.host === '*'),
            ofNamespace: own?.metadata.name,
          },
        };
  },
  show: ({ name, hosts }) => [
    name === undefined
      ? 'none: the proxy gets the config of the whole mesh'
      : `${name} imports ${hosts.join(', ')}`,
  ],
});

const emptyScene: Omit<Scene, 'pod' | 'rootNamespace' | 'sidecars'> = {
  clusterDomain: 'cluster.local',
  services: [],
  servicesKnownIn: [],
  virtualServices: [],
  destinationRules: [],
  serviceEntries: [],
  gateways: [],
};
