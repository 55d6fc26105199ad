// What `rbac` checks, and where it looks.
import {
  check,
  inspect,
  listed,
  skip,
  stop,
  valueOf,
  type Answer,
} from '../../../src/authoring.ts';
import { istioctl } from '../../../src/meshes/istio/commands.ts';
import { clientRules } from '../../../src/facts/istio/client-rules.ts';
import { denialLog } from '../../../src/facts/istio/denial-log.ts';
import { meshConfig } from '../../../src/facts/istio/mesh-config.ts';
import { policies as securityPolicies } from '../../../src/facts/istio/policies.ts';
import { proxyAuthz, type ProxyAuthz } from '../../../src/facts/istio/proxy-authz.ts';
import { rbacCounters } from '../../../src/facts/istio/rbac-counters.ts';
import { waypointOf, waypointPod } from '../../../src/facts/istio/waypoint.ts';
import { ztunnelLog } from '../../../src/facts/istio/ztunnel-log.ts';
import { namespace } from '../../../src/facts/kube/namespace.ts';
import { podAt } from '../../../src/facts/kube/pod-at.ts';
import { pod, type Pod } from '../../../src/facts/kube/pod.ts';
import { servicesOf } from '../../../src/facts/kube/services.ts';
import {
  meshRole,
  proxyName,
  revisionOf,
  type MeshRole,
} from '../../../src/model/istio/mesh-pod.ts';
import { serviceOf } from '../../../src/model/kube/services.ts';
import { tell } from './says.ts';
import { refusedIps } from './visits.ts';
import type { Input } from '../../shared/request.ts';

export const admin = { container: proxyName, port: 15_000 };

export const destination = check<Input>()({
  id: 'destination',
  asks: 'Which proxy is in front of the destination?',
  why: 'Only a proxy enforces policies: a sidecar, gateway, waypoint or ztunnel.',
  rulesOut: 'a destination without a proxy',
  uses: [pod, servicesOf],
  gather: async (look, { dst }) => {
    const [about, services] = await Promise.all([
      look(pod, { pod: dst.pod }),
      look(servicesOf, { namespace: dst.pod.namespace }),
    ]);
    return { about, services };
  },
  judge: ({ about }, _, { dst }) => {
    if (about.kind !== 'known') return undefined;
    const role = meshRole(about.value);
    const { is } = role;
    // pilot/pkg/networking/grpcgen/lds.go: istiod sends the policies to the gRPC library.
    if (is === 'proxyless')
      return [tell('grpc-enforces', { pod: dst.pod }, { from: [about] }), stop];
    if (role.is === 'custom') {
      const slots = { pod: dst.pod, added: listed(role.added) };
      return [tell('unknown-template', slots, { from: [about] }), stop];
    }
    if (is !== 'none' && is !== 'control-plane') return undefined;
    const { name, namespace } = dst.pod;
    const run = istioctl`x check-inject ${name} -n ${namespace}`;
    const fixes = [inspect('See why it was not injected', run)];
    return [tell('no-proxy', { pod: dst.pod }, { from: [about], fixes }), stop];
  },
});

export const caller = check<Input>()({
  id: 'caller',
  asks: 'Which identity does the caller show?',
  why: 'With mutual TLS a policy sees the service account of the caller; without it, no identity.',
  uses: [pod, clientRules],
  gather: async (look, { src, dst, root }) => {
    if (!src) return { about: undefined, rules: undefined };
    const namespaces = [src.namespace, dst.pod.namespace, root];
    const [about, rules] = await Promise.all([
      look(pod, { pod: src }),
      look(clientRules, { namespaces }),
    ]);
    return { about, rules };
  },
  judge: (_got, _seen, { src }) => (src ? undefined : skip('no caller was named')),
});

export const waypoint = check<Input>()({
  id: 'waypoint',
  asks: 'Is there a waypoint on the way?',
  why: 'In ambient mode only a waypoint enforces HTTP fields, and the destination sees it as the caller.',
  uses: [namespace, waypointPod],
  after: { destination },
  gather: async (look, { dst }, { destination: { about, services } }) => {
    const own = valueOf(about);
    if (!own || meshRole(own).is !== 'ambient') return undefined;
    const labels = await look(namespace, { name: dst.pod.namespace });
    const name = waypointOf(serviceOf(valueOf(services), own, dst), valueOf(labels));
    return { name, labels, about: name && (await look(waypointPod, name)) };
  },
  judge: (got) => (got ? undefined : skip('the destination is not in ambient mode')),
});

export const mesh = check<Input>()({
  id: 'mesh',
  asks: 'Which trust domain and external authorizers does the mesh have?',
  why: 'A principal begins with the trust domain, and a CUSTOM rule works only if its provider exists.',
  uses: [pod, meshConfig],
  gather: async (look, { dst, root, revision }) => {
    const own = valueOf(await look(pod, { pod: dst.pod }));
    return look(meshConfig, { root, revision: revision ?? (own && revisionOf(own)) });
  },
});

export const policies = check<Input>()({
  id: 'policies',
  asks: 'Which policies exist for the destination?',
  why: 'Policies in the root namespace and in its own namespace count; those of the caller do not.',
  uses: [securityPolicies],
  after: { mesh, waypoint },
  gather: (look, { src, dst, root }, earlier) => {
    const own = valueOf(earlier.mesh)?.rootNamespace ?? root;
    const others = [src?.namespace, earlier.waypoint?.name?.namespace];
    const namespaces = [dst.pod.namespace, own, ...others].filter((n) => n !== undefined);
    return look(securityPolicies, { namespaces: [...new Set(namespaces)] });
  },
});

export const proxy = check<Input>()({
  id: 'proxy',
  asks: 'Which policies does the proxy have?',
  why: 'It enforces the last config that it accepted, whatever Kubernetes says.',
  uses: [pod, proxyAuthz],
  gather: async (look, { dst }) => {
    const role = roleOf(await look(pod, { pod: dst.pod }));
    if (!role || !('proxy' in role)) return undefined;
    const listener = role.is === 'gateway' || role.is === 'waypoint' ? role.is : 'sidecar';
    return look(proxyAuthz, { pod: dst.pod, ...admin, listener });
  },
  judge: (got) => (got ? undefined : skip('the destination has no proxy of its own')),
});

export const refusals = check<Input>()({
  id: 'refusals',
  asks: 'Which requests did the proxy log as refused, and from whom?',
  why: 'The log line names the rule, and shows whether RBAC, a token, an authorizer or the application refused.',
  uses: [pod, denialLog, ztunnelLog, podAt, clientRules],
  gather: async (look, { src, dst, root }) => {
    const own = valueOf(await look(pod, { pod: dst.pod }));
    const role = own && meshRole(own);
    if (!role || !('proxy' in role || role.is === 'ambient')) return undefined;
    const log =
      role.is === 'ambient'
        ? await look(ztunnelLog, { pod: dst.pod, node: own.node ?? '', root })
        : await look(denialLog, { pod: dst.pod, container: proxyName });
    const ips = src ? [] : refusedIps(valueOf(log));
    const found = await Promise.all(ips.map((ip) => look(podAt, { ip })));
    const rules = await Promise.all(
      found.map(async (about) => {
        const from = valueOf(about)?.ref.namespace;
        if (from === undefined) return undefined;
        return look(clientRules, { namespaces: [from, dst.pod.namespace, root] });
      }),
    );
    return { log, callers: ips.map((ip, i) => ({ ip, about: found[i], rules: rules[i] })) };
  },
  judge: (got) => (got ? undefined : skip('nothing in front of the destination logs refusals')),
});

export const now = check<Input>()({
  id: 'now',
  asks: 'Is the proxy denying requests right now?',
  why: 'Its counters show denials even without an access log.',
  uses: [rbacCounters],
  after: { proxy },
  when: (earlier) => {
    if (!earlier.proxy) return skip('the rules in the proxy were not read');
    return logsAll(valueOf(earlier.proxy)) ? skip('its access log already shows it') : true;
  },
  gather: (look, { dst }) => look(rbacCounters, { pod: dst.pod, ...admin }),
});

function roleOf(about: Answer<Pod>): MeshRole | undefined {
  const own = valueOf(about);
  return own && meshRole(own);
}

/** The proxy logs every response, so the counters add nothing. */
function logsAll(authz: ProxyAuthz | undefined): boolean {
  return authz?.is === 'heard' && authz.chains.every((chain) => chain.logs === 'all');
}
