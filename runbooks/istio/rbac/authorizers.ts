// External authorizers that istiod could not use: the rules of their policies stand in the proxy as a denial
// (istio pilot/pkg/security/authz/builder/extauthz.go badCustomActionSuffix, LookupCluster).
import type { KubeObject } from '../../../src/authoring.ts';
import type { Extension } from '../../../src/facts/istio/mesh-config.ts';
import type { ProxyAuthz } from '../../../src/facts/istio/proxy-authz.ts';
import type { ServiceName } from '../../../src/facts/kube/service-named.ts';
import { parseRuleName } from '../../../src/model/istio/authz/details.ts';
import { readPolicy, refOf } from '../../../src/model/istio/authz/parse.ts';
import { isSame } from '../../../src/model/istio/authz/refs.ts';

/** By the policies whose rules the proxy has as a denial. */
export function unusableProviders(
  proxy: ProxyAuthz | undefined,
  policies: readonly KubeObject[],
): readonly string[] {
  const filters = proxy?.is === 'heard' ? proxy.chains.flatMap((chain) => chain.filters) : [];
  const denied = [...new Set(filters.flatMap((filter) => filter.enforced))].flatMap((name) => {
    const rule = parseRuleName(name);
    return rule?.is === 'rule' && rule.custom?.broken ? [rule.rule.policy] : [];
  });
  const named = policies.filter((object) => denied.some((policy) => isSame(policy, refOf(object))));
  return [...new Set(named.map((object) => readPolicy(object).provider))];
}

/** `opa.authz.svc.cluster.local`, or `authz/opa.authz.svc.cluster.local`. */
export function serviceOfAuthorizer({ service = '' }: Extension): ServiceName | undefined {
  const host = service.split('/').at(-1) ?? '';
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
