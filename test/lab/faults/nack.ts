import { targetOf, untilStates } from '../fault-kit.ts';
import type { Fault } from '../faults.ts';

const FILTER = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: add-header, namespace: shop }
spec:
  workloadSelector: { labels: { app: web } }
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_INBOUND
        listener:
          filterChain: { filter: { name: envoy.filters.network.http_connection_manager } }
      patch:
        operation: INSERT_BEFORE
        value:
          name: shop.add-header
          typed_config:
            '@type': type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
            default_source_code:
              inline_string: "function envoy_on_request(handle) handle:headers():add('x-shop', 'web'"
`;

export default {
  name: 'nack',
  does: 'The EnvoyFilter shop/add-header carries a Lua script that does not parse: Envoy refuses LDS.',
  async break(lab) {
    const pod = await lab.pod('web');
    await lab.apply(FILTER);
    await untilStates(pod, 'in error', ([states]) => states?.Listener === 'ERROR');
    return { target: targetOf(pod), envoyFilter: 'shop/add-header' };
  },
  async mend(lab) {
    await lab.kubectl('-n', 'shop', 'delete', 'envoyfilter', 'add-header', '--ignore-not-found');
  },
} satisfies Fault;
