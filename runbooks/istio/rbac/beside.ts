// What is looked at only where something points to it: whether istiod reads the namespace, whether an authorizer exists,
// who passed a request on, and whether the proxy of the caller answered itself.
import { check, skip, valueOf } from '../../../src/authoring.ts';
import { denialLog } from '../../../src/facts/istio/denial-log.ts';
import { faultRules } from '../../../src/facts/istio/fault-rules.ts';
import { requestPeers } from '../../../src/facts/istio/request-peers.ts';
import { namespace } from '../../../src/facts/kube/namespace.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { serviceNamed } from '../../../src/facts/kube/service-named.ts';
import { meshRole, proxyName } from '../../../src/model/istio/mesh-pod.ts';
import type { Input } from '../../shared/request.ts';
import { serviceOfAuthorizer, unusableProviders } from './authorizers.ts';
import { admin, mesh, policies, proxy, refusals } from './checks.ts';
import { faultsLogged, namespaceOf } from './faults.ts';
import { forwardedIn } from './visits.ts';

export const beside = check<Input>()({
  id: 'beside',
  asks: 'Does anything but a policy decide here?',
  why: 'istiod may not read the namespace, a gateway may pass the request on, or the proxy of the caller answers itself.',
  uses: [denialLog, faultRules, namespace, pod, requestPeers, serviceNamed],
  after: { mesh, policies, proxy, refusals },
  gather: async (look, { src, dst, root }, seen) => {
    const config = valueOf(seen.mesh);
    const unusable = unusableProviders(
      valueOf(seen.proxy),
      valueOf(seen.policies)?.authorization ?? [],
    );
    const provider = config?.extensions.find(({ name }) => unusable.includes(name));
    const service = provider && serviceOfAuthorizer(provider);
    const passedOn = forwardedIn(valueOf(seen.refusals?.log)).some(
      (line) => line.transport === 'mtls' && line.principal === undefined,
    );
    const log = seen.refusals?.log;
    const about = src && log && (await look(pod, { pod: src }));
    const caller = valueOf(about);
    const met = valueOf(log)?.refused.some((line) => line.peer === caller?.ip);
    const asked = caller && !met && 'proxy' in meshRole(caller);
    const own = asked
      ? await look(denialLog, { pod: caller.ref, container: proxyName })
      : src
        ? undefined
        : log;
    const from = src?.namespace ?? dst.pod.namespace;
    const called = faultsLogged(valueOf(own)).map(namespaceOf);
    const namespaces = [...new Set([from, ...called, root])];
    const selective = (config?.discoverySelectors.length ?? 0) > 0;
    return {
      discovery: selective ? await look(namespace, { name: dst.pod.namespace }) : undefined,
      authorizer: service && (await look(serviceNamed, service)),
      peers: passedOn ? await look(requestPeers, { pod: dst.pod, ...admin }) : undefined,
      log: own,
      rules: called.length > 0 ? await look(faultRules, { namespaces }) : undefined,
    };
  },
  judge: ({ log, ...others }, _, { src }) => {
    const asked = Object.values(others).some((answer) => answer !== undefined);
    return asked || (src && log) ? undefined : skip('nothing points to it');
  },
});
