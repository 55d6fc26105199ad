// A sidecar that is there but gets no traffic: annotations that make traffic bypass it
// (istio manifests/charts/istio-control/istio-discovery/files/injection-template.yaml, istio-init's arguments).
import type { Labels } from '../../kube/labels.ts';

const inbound = 'traffic.sidecar.istio.io/includeInboundPorts';
const outbound = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const noOutbound = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const mode = 'sidecar.istio.io/interceptionMode';

/** What bypasses it, as clauses with the annotation that does it. */
export function bypassedBy(annotations: Labels): readonly string[] {
  if (annotations[mode] === 'NONE') return [`${mode}=NONE redirects nothing`];
  return [
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
