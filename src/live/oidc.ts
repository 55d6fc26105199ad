// The `oidc` auth provider of a kubeconfig: client-node refreshes the token, this keeps it until it expires.
import { answered, type Reply } from '../core/ports.ts';
import type { Credential, Credentials } from './credentials.ts';
import { untilAborted } from './deadline.ts';
import { failure } from './failure.ts';

/** Seconds before its end at which a token counts as expired. */
const LEEWAY = 10;

/** `config` is the provider's own map; a refreshed token stays in memory and is not written back. */
export function oidcCredentials(config: Readonly<Record<string, string>>): Credentials {
  let settings = { ...config };
  let running: Promise<Reply<Credential>> | undefined;
  const refresh = async (): Promise<Reply<Credential>> => {
    const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
    const user = { name: 'oidc', authProvider: { name: 'oidc', config: { ...settings } } };
    const options = { headers: {} };
    try {
      // A new instance each time: one that has refreshed takes the token's lifetime for its expiry.
      await new OpenIDConnectAuth().applyAuthentication(user, options);
    } catch {
      return failure('unauthenticated', 'OIDC: the token could not be refreshed; log in again');
    }
    settings = user.authProvider.config;
    return (
      current(settings) ?? failure('unauthenticated', 'OIDC: the token has expired; log in again')
    );
  };
  return {
    get(signal) {
      const token = current(settings);
      if (token) return Promise.resolve(token);
      running ??= refresh().finally(() => (running = undefined));
      return untilAborted(running, signal);
    },
    renew: () => false,
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
