// A sidecar that is there but gets no traffic: annotations that make traffic bypass it
// (istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, istio-init's arguments), or an
// application that runs as the proxy's user.
import type { Pod } from '../../../facts/kube/pod.ts';
import { proxyName } from '../mesh-pod.ts';

const inbound = 'traffic.sidecar.istio.io/includeInboundPorts';
const outbound = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const noOutbound = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const mode = 'sidecar.istio.io/interceptionMode';

/** istio-init lets through what this user sends (tools/istio-iptables, --proxy-uid). */
const proxyUser = 1337;

/** What bypasses it, as clauses with what does it. */
export function bypassedBy({ annotations, containers }: Pod): readonly string[] {
  if (annotations[mode] === 'NONE') return [`${mode}=NONE redirects nothing`];
  const asProxy = containers.filter(
    ({ name, role, runAsUser }) => role === 'main' && name !== proxyName && runAsUser === proxyUser,
  );
  return [
    ...asProxy.map(
      ({ name }) =>
        `container ${name} runs as user ${proxyUser}, the proxy's own, so nothing that it sends is redirected`,
    ),
    ...(annotations[inbound] === ''
      ? [`${inbound} is empty, so no inbound traffic is redirected`]
      : []),
    ...(annotations[outbound] === ''
      ? [`${outbound} is empty, so no outbound traffic is redirected`]
      : []),
    ...(isAll(annotations[noOutbound]) ? [`${noOutbound} excludes all outbound traffic`] : []),
  ];
}

function isAll(ranges: string | undefined): boolean {
  return ranges !== undefined && ranges.split(',').some((range) => range.trim() === '0.0.0.0/0');
}
