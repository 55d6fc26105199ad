// The Sidecar that lets in what a workload really calls, and nothing else.
import type { KubeObject } from '../../../src/authoring.ts';
import type { Called } from '../../../src/facts/istio/called.ts';

type Labels = Readonly<Record<string, string>>;
export type Wanted = {
  readonly namespace: string;
  readonly workload: string;
  /** The labels its pods are found by. */
  readonly selector: Labels;
  readonly called: Called;
  readonly root: string;
};

/** `undefined` when nothing was called: a Sidecar of nothing would cut what is called tomorrow. */
export function proposeScope(wanted: Wanted): KubeObject | undefined {
  const { namespace, workload, selector, called, root } = wanted;
  if (called.called.length === 0 || Object.keys(selector).length === 0) return undefined;
  const hosts = called.called.map(({ host }) => importOf(host)).sort();
  return {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'Sidecar',
    metadata: { name: `${workload}-calls`, namespace },
    spec: {
      workloadSelector: { labels: selector },
      egress: [{ hosts: [...new Set([...hosts, `${root}/*`])] }],
    },
  };
}

/** `shop/cart.shop.svc.cluster.local`; a host of a ServiceEntry may be defined in any namespace. */
function importOf(host: string): string {
  const [, namespace] = /^[^.]+\.([^.]+)\.svc\./.exec(host) ?? [];
  return `${namespace ?? '*'}/${host}`;
}
