// What can be said before anything is asked: files, context, proxy, certificates.
import type { Approach, Chosen, CredentialKind, ProxyChoice, Trust } from '../core/approach.ts';
import { kubectl } from '../core/command.ts';
import { age, count } from '../core/text.ts';
import { readCertificates, type Certificate } from '../model/certificates/x509.ts';
import { bad, ok, type Check } from './check.ts';

const day = 86_400_000;
/** Ends sooner than this are told. */
const soonMs = 14 * day;

/** `now` in milliseconds since the epoch. */
export function approachChecks({ files, chosen }: Approach, now: number): readonly Check[] {
  if (chosen.is === 'none') {
    const todo =
      'kubectl config get-contexts shows what there is; --kubeconfig and --context choose';
    return [bad('kubeconfig', 'failed', chosen.says, todo)];
  }
  return [
    kubeconfigCheck(files),
    contextCheck(chosen),
    credentialCheck(chosen.credential, now),
    ...impersonation(chosen.impersonates),
    proxyCheck(chosen.proxy),
    trustCheck(chosen.trust, now),
  ];
}

function kubeconfigCheck(files: Approach['files']): Check {
  const id = 'kubeconfig';
  const [first] = files;
  if (!first) return ok(id, 'none: the service account of the pod that this runs in');
  const read = files.filter(({ state }) => state === 'read').map(({ path }) => path);
  const missing = files.filter(({ state }) => state === 'missing').map(({ path }) => path);
  const says = `${read.join(', then ')} (${first.from})`;
  if (missing.length === 0) return ok(id, says);
  const left = `${count(missing.length, 'file')} of the list ${missing.length === 1 ? 'is' : 'are'} not there: ${missing.join(', ')}`;
  return bad(id, 'warning', `${says}; ${left}`, 'correct $KUBECONFIG if a cluster is missing');
}

function contextCheck({ context, namespace, server }: Chosen): Check {
  return ok(
    'context',
    `${context.value || 'none'} (${context.from}), namespace ${namespace.value} (${namespace.from}), ${server}`,
  );
}

function credentialCheck(credential: CredentialKind, now: number): Check {
  const id = 'credential';
  switch (credential.is) {
    case 'none':
      return bad(
        id,
        'warning',
        'none in the kubeconfig: the server sees an anonymous user',
        'log in, or name a user with credentials in the context',
      );
    case 'token':
      return ok(id, 'a token in the kubeconfig');
    case 'token-file':
      return ok(id, `a token in ${credential.path}`);
    case 'password':
      return ok(id, 'a user name and password');
    case 'oidc':
      return ok(id, 'an OIDC login');
    case 'plugin':
      return ok(id, `the plugin ${credential.command}`);
    case 'certificate': {
      const [first] = readCertificates(credential.certificates);
      const says = `a client certificate (${credential.from})`;
      return first
        ? dated(id, says, first, now, 'get a new client certificate')
        : bad(id, 'not-checked', `${says} that cannot be read`);
    }
  }
}

/** Good, ended, or ending soon. */
function dated(id: string, says: string, one: Certificate, now: number, todo: string): Check {
  const until = new Date(one.until).toISOString().slice(0, 10);
  const named = `${says}, ${one.subject}`;
  if (one.until <= now)
    return bad(id, 'failed', `${named}, ended ${age(now - one.until)} ago, on ${until}`, todo);
  if (one.from > now)
    return bad(
      id,
      'failed',
      `${named}, is good only from ${new Date(one.from).toISOString()}`,
      'set the clock of this machine',
    );
  if (one.until - now < soonMs)
    return bad(id, 'warning', `${named}, ends in ${age(one.until - now)}, on ${until}`, todo);
  return ok(id, `${named}, good until ${until}`);
}

function impersonation(user: string | undefined): readonly Check[] {
  if (user === undefined) return [];
  return [ok('acting as', `${user}: all that follows is about that user`)];
}

function proxyCheck(proxy: ProxyChoice): Check {
  switch (proxy.is) {
    case 'direct':
      return ok('proxy', 'none');
    case 'skipped':
      return ok(
        'proxy',
        `none: ${proxy.from} names ${proxy.address}, and NO_PROXY or loopback keeps this server from it`,
      );
    case 'used':
      return ok('proxy', `${proxy.address} (${proxy.from})`);
  }
}

function trustCheck(trust: Trust, now: number): Check {
  const id = 'trust';
  switch (trust.is) {
    case 'plain-http':
      return bad(
        id,
        'warning',
        'none: the server is asked over plain HTTP',
        'fine for kubectl proxy on this machine, and for nothing else',
      );
    case 'insecure':
      return bad(
        id,
        'warning',
        `none: ${trust.from} is set, so whoever answers is believed`,
        "put the cluster's CA into the kubeconfig instead",
        kubectl`config view --minify`,
      );
    case 'public':
      return ok(id, 'public certificate authorities: the kubeconfig names none');
    case 'ca': {
      const all = readCertificates(trust.certificates);
      const latest = [...all].sort((a, b) => b.until - a.until)[0];
      const more = all.length > 1 ? `, the last of ${all.length} to end` : '';
      return latest
        ? dated(id, `the CA in ${trust.from}${more}`, latest, now, 'get a new kubeconfig')
        : bad(id, 'not-checked', `the CA in ${trust.from} cannot be read`);
    }
  }
}
