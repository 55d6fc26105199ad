// Says how the cluster was chosen and what stands on the way to it, from files and the environment alone.
import type { Approach, Chosen, CredentialKind, ProxyChoice, Trust } from '../core/approach.ts';
import { pem } from './credentials.ts';
import { identityOf, impersonates } from './impersonation.ts';
import { contextSource, findTarget, looksAt } from './kubeconfig.ts';
import type { LiveOptions } from './options.ts';
import { proxyChoice } from './proxy.ts';
import type { Target } from './target.ts';

/** Asks nobody. */
export function approachOf(o: LiveOptions): Approach {
  const files = looksAt(o);
  const target = findTarget(o);
  if (!target.ok) return { files, chosen: { is: 'none', says: target.says } };
  return { files: target.value.files.length === 0 ? [] : files, chosen: chosenOf(o, target.value) };
}

function chosenOf(o: LiveOptions, target: Target): Chosen {
  const url = new URL(target.cluster.server);
  const identity = identityOf(target.user, o);
  return {
    is: 'chosen',
    context: { value: target.context, from: contextSource(o, target) },
    namespace: { value: target.namespace, from: namespaceSource(o, target) },
    server: `${url.protocol}//${url.host}${url.pathname.replace(/(?<!\/)\/+$/, '')}`,
    proxy: proxyOf(o, target, url),
    trust: trustOf(o, target, url),
    credential: credentialOf(target),
    impersonates: impersonates(identity) ? identity.user : undefined,
  };
}

function namespaceSource(o: LiveOptions, { ownNamespace }: Target): string {
  if (o.namespace) return '-n';
  return ownNamespace ?? 'the default';
}

function proxyOf(o: LiveOptions, { cluster }: Target, url: URL): ProxyChoice {
  const { proxy, from, bypassed } = proxyChoice(url, cluster['proxy-url'] ?? undefined, o.env);
  if (!proxy) return { is: 'direct' };
  // The user information of a proxy is a password as a rule.
  const address = `${proxy.protocol}//${proxy.host}`;
  return { is: bypassed ? 'skipped' : 'used', address, from };
}

function trustOf(o: LiveOptions, { cluster }: Target, url: URL): Trust {
  if (url.protocol === 'http:') return { is: 'plain-http' };
  if (o.insecureSkipTlsVerify === true || cluster['insecure-skip-tls-verify'] === true)
    return { is: 'insecure', from: 'insecure-skip-tls-verify' };
  const [data, file] = [cluster['certificate-authority-data'], cluster['certificate-authority']];
  const read = pem('certificate authority', data, file);
  if (!data && !file) return { is: 'public' };
  const from = data ? 'certificate-authority-data' : (file ?? '');
  return { is: 'ca', from, certificates: read.ok ? certificatesIn(read.value) : '' };
}

/** In the order of `credentialsOf`. */
function credentialOf({ user }: Target): CredentialKind {
  if (user.tokenFile) return { is: 'token-file', path: user.tokenFile };
  if (user.token) return { is: 'token' };
  if (user.username) return { is: 'password' };
  const [data, file] = [user['client-certificate-data'], user['client-certificate']];
  if (data || file) {
    const read = pem('client certificate', data, file);
    const from = data ? 'client-certificate-data' : (file ?? '');
    return { is: 'certificate', from, certificates: read.ok ? certificatesIn(read.value) : '' };
  }
  if (user.exec) return { is: 'plugin', command: user.exec.command };
  return { is: user['auth-provider'] ? 'oidc' : 'none' };
}

/** A file of a client's certificate often holds its key as well, which nobody else may see. */
function certificatesIn(text: Buffer | undefined): string {
  const blocks = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
  return (text?.toString('utf8').match(blocks) ?? []).join('\n');
}
