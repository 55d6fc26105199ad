// What `linkerd-policy` asks, one question a check; judge.ts concludes from the answers.
import { check, destinationText, skip, stop, valueOf } from '../../../src/authoring.ts';
import { podAt } from '../../../src/facts/kube/pod-at.ts';
import { podEvents } from '../../../src/facts/kube/pod-events.ts';
import { pod } from '../../../src/facts/kube/pod.ts';
import { servicesOf } from '../../../src/facts/kube/services.ts';
import { linkerdControlPlane } from '../../../src/facts/linkerd/control-plane.ts';
import { egress as egressObjects } from '../../../src/facts/linkerd/policy/egress.ts';
import { authzCounters } from '../../../src/facts/linkerd/policy/counters.ts';
import { linkerdDenials } from '../../../src/facts/linkerd/policy/denial-log.ts';
import { linkerdPolicies } from '../../../src/facts/linkerd/policy/objects.ts';
import { policyPod } from '../../../src/facts/linkerd/policy/pod.ts';
import { adminPortOf, controlPlaneOf, linkerdRole } from '../../../src/model/linkerd/mesh-pod.ts';
import { clusterOf } from '../../../src/model/linkerd/policy/picture.ts';
import { text } from '../../../src/model/kube/read.ts';
import { deniedIps } from '../../../src/model/linkerd/policy/visits.ts';
import { tell } from './says.ts';
import type { Input } from '../../shared/request.ts';

export const ask = check<Input>();

const outsideText = "the host is outside the cluster, and the caller's own proxy decides";

export const destination = ask({
  id: 'destination',
  asks: 'Does the destination have a proxy?',
  why: "Only the destination's own proxy enforces policies.",
  rulesOut: 'a destination without a proxy',
  uses: [pod, policyPod, servicesOf],
  gather: async (look, { dst }) => {
    const [about, workload, services] = await Promise.all([
      look(pod, { pod: dst.pod }),
      look(policyPod, { pod: dst.pod }),
      look(servicesOf, { namespace: dst.pod.namespace }),
    ]);
    return { about, workload, services };
  },
  judge: ({ about }, _, { dst }) => {
    if (about.kind !== 'known') return undefined;
    const role = linkerdRole(about.value);
    const isMeshed = role.is !== 'none' && role.proxy !== undefined;
    if (isMeshed) return dst.outside ? skip('the host is outside the cluster') : undefined;
    if (dst.outside) {
      const slots = {
        pod: dst.pod,
        host: destinationText(dst),
        because: 'it has no Linkerd proxy',
      };
      return [tell('egress-unwatched', slots, { from: [about] }), stop];
    }
    return [tell('no-proxy', { pod: dst.pod }, { from: [about] }), stop];
  },
});

export const caller = ask({
  id: 'caller',
  asks: 'Who is the caller, for the proxy it calls?',
  why: 'Only a caller with a proxy has an identity; any other is just an address.',
  uses: [pod],
  gather: async (look, { src }) => (src ? look(pod, { pod: src }) : undefined),
  judge: (_got, _seen, { src }) => (src ? undefined : skip('no caller was named')),
});

export const policies = ask({
  id: 'policies',
  asks: 'Which Servers, policies and routes exist?',
  why: 'They count only in the namespace of the destination, and none of them tells whether it has an effect.',
  uses: [linkerdPolicies],
  gather: async (look, { src, dst }) =>
    dst.outside
      ? undefined
      : look(linkerdPolicies, {
          namespace: dst.pod.namespace,
          beside: src ? [src.namespace] : [],
        }),
  judge: (_got, _seen, { dst }) => (dst.outside ? skip(outsideText) : undefined),
});

export const mesh = ask({
  id: 'mesh',
  asks: 'Which default policy, networks and trust domain does the mesh have?',
  why: 'The default policy decides where no Server selects a port.',
  uses: [pod, linkerdControlPlane],
  gather: async (look, { linkerd, dst }) => {
    const own = valueOf(await look(pod, { pod: dst.pod }));
    return look(linkerdControlPlane, { named: linkerd ?? (own && controlPlaneOf(own)) });
  },
});

export const denials = ask({
  id: 'denials',
  asks: 'What has the proxy logged as denied, and from whom?',
  why: 'The line names the Server, the route, and the identity and address of the caller.',
  uses: [linkerdDenials, podAt, pod, podEvents],
  gather: async (look, { src, dst }) => {
    if (dst.outside) return undefined;
    const log = await look(linkerdDenials, { pod: dst.pod });
    const ips = src ? [] : deniedIps(valueOf(log));
    const callers = await Promise.all(
      ips.map(async (ip) => {
        const about = await look(podAt, { ip });
        // The runbook that follows a caller without a proxy reads it by its name, and stops silently if it cannot.
        if (about.kind === 'known' && linkerdRole(about.value).is === 'none') {
          await look(pod, { pod: about.value.ref });
        }
        return { ip, about };
      }),
    );
    const own = valueOf(await look(pod, { pod: dst.pod }));
    const isNode = own?.nodeIp !== undefined && deniedIps(valueOf(log)).includes(own.nodeIp);
    const events = !src && isNode ? await look(podEvents, { pod: dst.pod }) : undefined;
    return { log, callers, events };
  },
  judge: (_got, _seen, { dst }) => (dst.outside ? skip(outsideText) : undefined),
});

export const now = ask({
  id: 'now',
  asks: 'What does the proxy deny right now?',
  why: 'Its counters grow with every denial, and separate denials from answers of the application.',
  uses: [pod, authzCounters],
  gather: async (look, { dst }) => {
    const own = valueOf(await look(pod, { pod: dst.pod }));
    return look(authzCounters, { pod: dst.pod, port: own ? adminPortOf(own) : 4191 });
  },
});

export const egress = ask({
  id: 'egress',
  asks: 'Which EgressNetworks exist, if traffic out of the cluster is in question?',
  why: "The caller's own proxy enforces them, and only its counters tell of a denied connection.",
  uses: [egressObjects, pod],
  after: { mesh, now },
  gather: async (look, { dst }, earlier) => {
    const counters = valueOf(earlier.now);
    const isCounted =
      counters?.is === 'counted' && counters.all.some(({ what }) => what === 'egress');
    if (!dst.outside && !isCounted) return undefined;
    const own = valueOf(await look(pod, { pod: dst.pod }));
    if (!own) return undefined;
    const config = valueOf(earlier.mesh)?.config;
    // The default of the chart (linkerd2 charts/linkerd-control-plane/values.yaml egress.globalEgressNetworkNamespace).
    const named = text(config?.values, 'egress', 'globalEgressNetworkNamespace');
    const [namespace, shared] = [dst.pod.namespace, named ?? 'linkerd-egress'];
    const clusterNetworks = clusterOf(own, config).networks;
    const objects = await look(egressObjects, { namespace, shared });
    return { objects, own, sender: { namespace, shared, clusterNetworks } };
  },
});
