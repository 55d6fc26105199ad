// The `oidc` auth provider of a kubeconfig: its token is refreshed when it has expired, and kept in memory.
import { answered, type Reply } from '../core/ports.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { Credential, Credentials } from './credentials.ts';
import { untilAborted } from './deadline.ts';
import { failure } from './failure.ts';

/** Seconds before its end at which a token counts as expired. */
const LEEWAY = 10;

/**
 * `config` is the provider's own map; a refreshed token is not written back to it. When `closed` aborts, so do requests
 * to the provider.
 */
export function oidcCredentials(
  config: Readonly<Record<string, string>>,
  closed: AbortSignal,
): Credentials {
  let settings = { ...config };
  let running: Promise<Reply<Credential>> | undefined;
  const refresh = async (): Promise<Reply<Credential>> => {
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
    const user = { name: 'oidc', authProvider: { name: 'oidc', config: { ...settings } } };
    const options = { headers: {} };
    try {
      // A new instance each time: one that has refreshed takes the token's lifetime for its expiry.
      await new OpenIDConnectAuth().applyAuthentication(user, options, clientOf(settings, closed));
    } catch {
      return failure('unauthenticated', 'OIDC: the token could not be refreshed; log in again');
    }
    settings = user.authProvider.config;
    return (
      current(settings) ?? failure('unauthenticated', 'OIDC: the token has expired; log in again')
    );
  };
  return {
    certificate: {},
    get(signal) {
      const token = current(settings);
      if (token) return Promise.resolve(token);
      running ??= refresh().finally(() => (running = undefined));
      return untilAborted(running, signal);
    },
    renew: () => false,
  };
}

/**
 * In place of client-node's own client, which reads whatever the provider sends, cannot be stopped, and passes the issuer
 * as text where openid-client takes only a URL (client-node 1.4.0 src/oidc_auth.ts, getClient).
 */
function clientOf(settings: Readonly<Record<string, string>>, closed: AbortSignal) {
  return {
    async refresh(token: string) {
      const { customFetch, discovery, refreshTokenGrant } = await import('openid-client');
      const provider = await discovery(
        new URL(settings['idp-issuer-url'] ?? ''),
        settings['client-id'] ?? '',
        undefined,
        undefined,
        { [customFetch]: boundedFetch(closed) },
      );
      const fresh = await refreshTokenGrant(provider, token);
      return {
        id_token: fresh.id_token,
        // Many providers send none: the old one stays good (RFC 6749, section 6).
        refresh_token: fresh.refresh_token ?? token,
        expires_at: fresh.expiresIn(),
      };
    },
  };
}

function current(settings: Readonly<Record<string, string>>): Reply<Credential> | undefined {
  const token = settings['id-token'];
  if (!token || expiry(token) <= Date.now() / 1000 + LEEWAY) return undefined;
  return answered({ authorization: `Bearer ${token}` });
}

/** Seconds since the epoch; 0 when the token cannot be read. */
function expiry(token: string): number {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    const exp =
      typeof payload === 'object' && payload !== null && 'exp' in payload ? payload.exp : 0;
    return typeof exp === 'number' ? exp : 0;
  } catch {
    return 0;
  }
}
