// Versions of Istio, as image tags and syncz print them: 1.31.1, 1.27.1-asm.3, 1.24-alpha.<sha>.
import semver from 'semver';

/** `docker.io/istio/pilot:1.26.3-distroless` -> `1.26.3-distroless`; a digest alone has no version. */
export function imageVersion(image: string): string | undefined {
  const tag = /^[^@]*:([\w.-]+)(?:@sha256:[0-9a-f]+)?$/.exec(image)?.[1];
  return tag !== undefined && semver.coerce(tag) ? tag : undefined;
}

/** False where one of them is no version. */
export function isOlder(a: string, b: string): boolean {
  const [first, second] = [semver.coerce(a), semver.coerce(b)];
  return first !== null && second !== null && semver.lt(first, second);
}

/**
 * A dry-run CUSTOM policy denies for real what it matches: pilot/pkg/security/authz/builder/builder.go buildHTTP puts
 * its rules where enforced ones stand. Seen on the lab with 1.31; no other line was tried.
 */
export function enforcesDryRunCustom(version: string): boolean {
  const parsed = semver.coerce(version);
  return parsed !== null && semver.satisfies(parsed, '~1.31');
}

/**
 * `istioctl proxy-status <pod>` makes istiod dump its config, and before these versions that put redacted
 * secrets into the cache it answers gateways from (istio issue 57789, fixed by PR 57592 in 1.26.5, 1.27.2 and
 * 1.28.0). meshdoc never runs that form on any version.
 */
export function diffHarmsGateways(version: string): boolean {
  const parsed = semver.coerce(version);
  if (!parsed) return false;
  return semver.satisfies(parsed, '<1.26.5 || >=1.27.0 <1.27.2');
}
