// Turns the chosen target and the flags into what requests and programs need.
import { createSecureContext } from 'node:tls';
import { Budget } from './budget.ts';
import { systemClock } from './clock.ts';
import { fixedCredentials, pem, type Credentials } from './credentials.ts';
import { makeEndpoint, type Endpoint, type TlsOptions } from './endpoint.ts';
import { execCredentials } from './exec-plugin.ts';
import type { Wire } from './http.ts';
import { impersonationHeaders, type Identity } from './impersonation.ts';
import type { Found } from './kubeconfig.ts';
import type { ExecConfig } from './kubeconfig-file.ts';
import { oidcCredentials } from './oidc.ts';
import type { LiveOptions } from './options.ts';
import type { Target } from './target.ts';
import { toolRunner, type RunTool } from './tools.ts';

/** Milliseconds one run of a credential plugin may take, without and with a person at the terminal. */
const PLUGIN_TIMEOUT = 30_000;
const LOGIN_TIMEOUT = 120_000;

export async function endpointOf(
  o: LiveOptions,
  target: Target,
  closed: AbortSignal,
): Promise<Found<Endpoint>> {
  const { cluster } = target;
  const insecure = (o.insecureSkipTlsVerify ?? cluster['insecure-skip-tls-verify']) === true;
  const ca = pem(
    'certificate authority',
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
  );
  if (!ca.ok) return ca;
  const tls: TlsOptions = {
    ...(insecure ? { rejectUnauthorized: false } : { ca: ca.value }),
    ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
  };
  if (!usable(tls))
    return { ok: false, says: `the certificate authority in ${target.source} is not PEM` };
  const value = await makeEndpoint({
    server: new URL(cluster.server),
    proxyUrl: cluster['proxy-url'] ?? undefined,
    tls,
    gzip: cluster['disable-compression'] !== true,
    env: o.env,
    closed,
  });
  return { ok: true, value };
}

/** In client-go's order: what the kubeconfig holds itself, then an exec plugin, then an auth provider. */
export function credentialsOf(
  o: LiveOptions,
  target: Target,
  closed: AbortSignal,
): Found<Credentials> {
  const { user } = target;
  const fixed = fixedCredentials(user);
  if (!fixed.ok) return fixed;
  const provider = user['auth-provider'];
  if (!fixed.value.empty) {
    const { certificate } = fixed.value;
    if (!usable(certificate)) {
      return {
        ok: false,
        says: `the client certificate in ${target.source} does not fit its key or is not PEM`,
      };
    }
    return fixed;
  }
  if (user.exec) {
    const timeoutMs = o.interactive ? LOGIN_TIMEOUT : PLUGIN_TIMEOUT;
    const cluster = clusterInfo(target, user.exec);
    const { env, interactive } = o;
    return {
      ok: true,
      value: execCredentials({ exec: user.exec, cluster, env, interactive, closed, timeoutMs }),
    };
  }
  if (provider && provider.name !== 'oidc') {
    const says = `the auth provider ${provider.name} was removed from Kubernetes 1.26: set up its exec plugin`;
    return { ok: false, says };
  }
  return provider ? { ok: true, value: oidcCredentials(provider.config ?? {}, closed) } : fixed;
}

export function wireOf(
  o: LiveOptions,
  endpoint: Endpoint,
  credentials: Credentials,
  identity: Identity,
): Wire {
  return {
    endpoint,
    credentials,
    headers: { 'User-Agent': o.userAgent, ...impersonationHeaders(identity) },
    requestTimeoutMs: o.requestTimeoutMs,
    clock: systemClock,
    budget: new Budget(),
  };
}

export function toolsOf(o: LiveOptions, target: Target): RunTool {
  return toolRunner({
    env: o.env,
    programs: o.programs ?? {},
    context: target.context,
    kubeconfigs: target.files,
    as: o.as,
    asUid: o.asUid,
    asGroups: o.asGroups,
    overridden: Boolean(o.cluster || o.user),
  });
}

function usable(options: Parameters<typeof createSecureContext>[0]): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}

/** `spec.cluster` for a plugin with `provideClusterInfo` (client-go tools/auth/exec/exec.go). */
function clusterInfo(target: Target, exec: ExecConfig): Readonly<Record<string, unknown>> {
  if (!exec.provideClusterInfo) return {};
  const { cluster } = target;
  const ca = pem(
    'certificate authority',
    cluster['certificate-authority-data'],
    cluster['certificate-authority'],
  );
  const config = cluster.extensions?.find(
    ({ name }) => name === 'client.authentication.k8s.io/exec',
  );
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] || undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] || undefined,
    'certificate-authority-data': ca.ok ? ca.value?.toString('base64') : undefined,
    'proxy-url': cluster['proxy-url'] || undefined,
    'disable-compression': cluster['disable-compression'] || undefined,
    config: config?.extension,
  };
}
