// What a gateway needs beside its routes: ports that it may open, and certificates.
import { cite, skip, valueOf, type Found } from '../../../../src/authoring.ts';
import {
  effectiveRoutes,
  secretStates,
  type SecretState,
} from '../../../../src/facts/istio/effective.ts';
import { secretLog } from '../../../../src/facts/istio/secret-log.ts';
import { credentialsOf } from '../../../../src/model/istio/credentials.ts';
import { certificateRefusals, portRefusals } from '../../../../src/model/istio/gateway-refusals.ts';
import { meshRole, proxyName as container } from '../../../../src/model/istio/mesh-pod.ts';
import { refusalsOf, type Refusal } from '../../../../src/model/istio/sync-verdict.ts';
import { deniedPort } from '../gateway/ports.ts';
import { refusedCertificate } from '../gateway/refused.ts';
import { undelivered } from '../gateway/undelivered.ts';
import { isSettled, notInProxy, unrouted } from '../gateway/unrouted.ts';
import { about, stale } from './pod.ts';
import { aboutCertificates, routing } from './routing.ts';
import { envoy, log, sync } from './stream.ts';

export const gateway = stale({
  id: 'gateway',
  asks: 'Has a gateway the ports and certificates that its Gateways name?',
  why: 'Without its certificate Envoy holds back a listener, and no sync status shows it: only the log of istiod says why.',
  rulesOut: 'a port or a certificate that a gateway lacks',
  uses: [secretStates, secretLog, effectiveRoutes],
  after: { about, routing, sync, envoy },
  when: ({ about }) =>
    (about.kind === 'known' && meshRole(about.value).is === 'gateway') ||
    skip('the pod is no gateway'),
  gather: async (look, { pod, root }, { about, routing, sync, envoy }) => {
    const evaluation = valueOf(routing)?.evaluation;
    const gateways = evaluation?.gateways;
    const args = { pod, container, port: 15_000 };
    const none = gateways?.every(({ servers }) => servers.every((s) => s.credentials.length === 0));
    const byApi = 'gateway.networking.k8s.io/gateway-name' in (valueOf(about)?.labels ?? {});
    const states = none === true && !byApi ? undefined : await look(secretStates, args);
    const waiting = waitingFor(states && valueOf(states));
    const [stream] = valueOf(sync)?.streams ?? [];
    const said =
      stream && waiting.length > 0
        ? await look(secretLog, { istiod: stream.istiod, root, pod })
        : undefined;
    // What has a reason already is not asked for twice: routes come only with their listener.
    const explained =
      waiting.length > 0 ||
      (evaluation?.problems.length ?? 0) > 0 ||
      refusalsOf(valueOf(sync), valueOf(envoy), undefined).length > 0;
    const routes =
      !explained && (evaluation?.routed.length ?? 0) > 0
        ? await look(effectiveRoutes, args)
        : undefined;
    return { states, said, routes };
  },
  sees: { about, sync, envoy, log, routing },
  judge: ({ states, said, routes }, { about, routing, ...seen }, { pod }) => {
    const evaluation = valueOf(routing)?.evaluation;
    const all = credentialsOf(evaluation?.gateways ?? [], pod.namespace);
    const refusals = refusalsOf(valueOf(seen.sync), valueOf(seen.envoy), valueOf(seen.log));
    const rejected = ({ by }: Refusal, tells: (from: ReturnType<typeof cite>) => Found) => {
      const witness = seen[by];
      return witness && witness.kind !== 'unknown' ? [tells(cite(witness, routing))] : [];
    };
    const account = valueOf(about)?.serviceAccount ?? 'default';
    const waiting = states?.kind === 'known' ? waitingFor(states.value) : [];
    const pushes = seen.sync?.kind === 'known' || valueOf(seen.envoy)?.is === 'up';
    const found = [
      ...portRefusals(refusals).flatMap((one) =>
        rejected(one, (from) => deniedPort(one, evaluation?.ports, pod, from)),
      ),
      ...certificateRefusals(refusals).flatMap((one) =>
        rejected(one, (from) => refusedCertificate(one, all, pod, from)),
      ),
      ...waiting.flatMap((resource) =>
        states?.kind === 'known'
          ? [
              undelivered({
                ...{ resource, all, pod, account },
                lines: valueOf(said),
                from: cite(states, said, routing),
              }),
            ]
          : [],
      ),
      ...(states && states.kind !== 'known' && routing?.kind === 'known'
        ? aboutCertificates(routing)
        : []),
    ];
    if (found.length > 0) return found;
    if (routes?.kind === 'known' && routing?.kind === 'known' && isSettled(valueOf(seen.sync))) {
      const lost = notInProxy(routing.value.evaluation.routed, routes.value);
      if (lost.length > 0)
        return lost.map((id) => unrouted(id, pod, cite(routes, routing, seen.sync)));
    }
    if (!pushes) return skip('neither istiod nor Envoy reports a push');
    if (routes?.kind === 'known' && routes.value.cut) return undefined;
    return [states, routes].some((one) => one && one.kind !== 'known') ? undefined : [];
  },
});

/** By the names that istiod serves: others come from the agent. The CA is of the same Secret. */
function waitingFor(states: readonly SecretState[] | undefined): readonly string[] {
  const names = (states ?? [])
    .filter(({ name, state }) => state === 'waiting' && /^kubernetes(-gateway)?:/.test(name))
    .map(({ name }) => name);
  return names.filter(
    (name) => !names.includes(name.replace(/-cacert$/, '')) || !name.endsWith('-cacert'),
  );
}
