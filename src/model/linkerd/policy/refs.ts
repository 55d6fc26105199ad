// References between policy resources: a missing or empty group is `core`, and case does not count
// (linkerd2 policy-controller/k8s/api/src/policy.rs targets_kind).
import { text } from '../../kube/read.ts';
import type { Ref } from './types.ts';

export const policyGroup = 'policy.linkerd.io';
export const gatewayGroup = 'gateway.networking.k8s.io';

export type Target = Ref & { readonly namespace: string | undefined };

export function readTarget(value: unknown): Target {
  return {
    group: text(value, 'group') ?? '',
    kind: text(value, 'kind') ?? '',
    name: text(value, 'name') ?? '',
    namespace: text(value, 'namespace'),
  };
}

export function isKind({ group, kind }: Ref, wantedGroup: string, wantedKind: string): boolean {
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return same(group === '' ? 'core' : group, wantedGroup) && same(kind, wantedKind);
}

export function isRoute(ref: Ref): boolean {
  return (
    isKind(ref, policyGroup, 'HTTPRoute') ||
    isKind(ref, gatewayGroup, 'HTTPRoute') ||
    isKind(ref, gatewayGroup, 'GRPCRoute')
  );
}

export function sameRef(a: Ref, b: Ref): boolean {
  return (['group', 'kind', 'name'] as const).every(
    (key) => a[key].toLowerCase() === b[key].toLowerCase(),
  );
}

export function defaultRef(name: string): Ref {
  return { group: '', kind: 'default', name };
}

/** `Server http`, `AuthorizationPolicy only-web`, `the default policy deny` */
export function refText({ group, kind, name }: Ref): string {
  if (kind === 'default') return group === '' ? `the default policy ${name}` : name;
  return `${kindText(kind)} ${name}`;
}

/** Metrics and the controller write kinds in small letters. */
export function kindText(kind: string): string {
  const known = [
    'Server',
    'ServerAuthorization',
    'AuthorizationPolicy',
    'HTTPRoute',
    'GRPCRoute',
    'HTTPLocalRateLimitPolicy',
  ];
  return known.find((one) => one.toLowerCase() === kind.toLowerCase()) ?? kind;
}
