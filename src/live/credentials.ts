// Who we are to the API server: token, basic, certificate, OIDC or an exec plugin, in client-go's order of precedence.
import type { Reply } from '../core/ports.ts';
import { limits } from '../core/limits.ts';
import { answered } from '../core/ports.ts';
import { readBytes, readText, type ReadRule } from '../disk/read.ts';
import { failure } from './failure.ts';
import type { User } from './kubeconfig-file.ts';

/** What one request carries. */
export type Credential = {
  readonly authorization?: string | undefined;
  readonly cert?: Buffer | string | undefined;
  readonly key?: Buffer | string | undefined;
};

export type Credentials = {
  /** What of it TLS itself shows, where that is known without asking for it. */
  readonly certificate?: Pick<Credential, 'cert' | 'key'>;
  /** The credential to use now; may run a plugin or refresh a token. */
  get(signal: AbortSignal): Promise<Reply<Credential>>;
  /** After a 401: forgets `refused`, if there is another to be had. */
  renew(refused: Credential): boolean;
};

type Loaded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly says: string };

/** PEM from a field or from the file another field names; the file wins only when there is no data. */
export function pem(
  what: string,
  data: string | null | undefined,
  file: string | null | undefined,
): Loaded<Buffer | undefined> {
  if (data) return { ok: true, value: Buffer.from(data, 'base64') };
  if (!file) return { ok: true, value: undefined };
  const read = readBytes(file, named);
  if (read.ok) return { ok: true, value: Buffer.from(read.bytes) };
  return { ok: false, says: `the ${what} named in the kubeconfig cannot be read: ${read.says}` };
}

/** What a kubeconfig names may be a link, as the files of a service account are; a device has no end. */
const named: ReadRule = { most: limits.credential, links: 'follow' };

/** `empty`: nothing to show the server, so another method may be meant. */
type Fixed = Credentials & {
  readonly empty: boolean;
  readonly certificate: Pick<Credential, 'cert' | 'key'>;
};

/** Credentials that need nothing but the kubeconfig. A token file is read again for every request: it rotates. */
export function fixedCredentials(user: User): Loaded<Fixed> {
  const cert = pem(
    'client certificate',
    user['client-certificate-data'],
    user['client-certificate'],
  );
  const key = pem('client key', user['client-key-data'], user['client-key']);
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  const certificate = cert.value && key.value ? { cert: cert.value, key: key.value } : {};
  const value = {
    certificate,
    empty: !cert.value && !user.token && !user.tokenFile && !user.username,
    get: () => Promise.resolve(withHeader(user, certificate)),
    renew: () => false,
  };
  return { ok: true, value };
}

function withHeader(user: User, tls: Credential): Reply<Credential> {
  const token = tokenOf(user);
  if (token === undefined)
    return failure('unauthenticated', `cannot read the token file ${user.tokenFile ?? ''}`);
  if (token !== '') return answered({ ...tls, authorization: `Bearer ${token}` });
  if (!user.username) return answered(tls);
  const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return answered({ ...tls, authorization: `Basic ${basic}` });
}

/** The file first, the token itself when the file cannot be read (client-go transport/token_source.go). */
function tokenOf(user: User): string | undefined {
  if (!user.tokenFile) return user.token ?? '';
  const read = readText(user.tokenFile, named);
  return read.ok ? read.text.trim() : user.token || undefined;
}
