// Impersonation: whom the API server is told to take us for (client-go transport/round_trippers.go).
import type { User } from './kubeconfig-file.ts';

export type Identity = {
  readonly user?: string | undefined;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
};

/** The flags over the kubeconfig's own `as` fields, one by one, as clientcmd merges overrides. */
export function identityOf(
  user: User,
  flags: { as?: string | undefined; asUid?: string | undefined; asGroups: readonly string[] },
): Identity {
  return {
    user: flags.as || user.as || undefined,
    uid: flags.asUid || user['as-uid'] || undefined,
    groups: flags.asGroups.length > 0 ? flags.asGroups : (user['as-groups'] ?? []),
    extra: user['as-user-extra'] ?? {},
  };
}

/** Whether anybody is impersonated. */
export function impersonates(identity: Identity): boolean {
  return identity.user !== undefined;
}

/** What is wrong with an identity, or `undefined`. */
export function identityProblem(identity: Identity): string | undefined {
  const parts = [identity.user, identity.uid, ...identity.groups];
  if (parts.some((part) => /[\r\n\0]/.test(part ?? ''))) return '--as and --as-group take one line';
  const alone = identity.uid !== undefined || identity.groups.length > 0;
  return alone && !impersonates(identity) ? '--as-group and --as-uid need --as' : undefined;
}

/** Headers; several groups are several headers of one name. */
export function impersonationHeaders(identity: Identity): Record<string, string | string[]> {
  if (identity.user === undefined) return {};
  const extra = Object.entries(identity.extra).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values.map(bytes)] as const,
  );
  return {
    'Impersonate-User': bytes(identity.user),
    ...(identity.uid === undefined ? {} : { 'Impersonate-Uid': bytes(identity.uid) }),
    ...(identity.groups.length === 0 ? {} : { 'Impersonate-Group': identity.groups.map(bytes) }),
    ...Object.fromEntries(extra),
  };
}

/** Go sends header values as UTF-8 bytes; Node takes one character a byte. */
function bytes(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}
