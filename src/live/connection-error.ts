// Names the step at which a connection failed: address, TCP, TLS, proxy.
import type { Failure } from '../core/ports.ts';
import type { Endpoint } from './endpoint.ts';
import { failure } from './failure.ts';

/** Node's and OpenSSL's codes for a certificate that does not verify, in words. */
const certificateTrouble: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'is not signed by {ca}',
  UNABLE_TO_GET_ISSUER_CERT: 'is not signed by {ca}',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'is not signed by {ca}',
  SELF_SIGNED_CERT_IN_CHAIN: 'is not signed by {ca}',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not {ca}',
  CERT_SIGNATURE_FAILURE: 'is not signed by {ca}',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet; is the clock right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another host name',
};

/** What an error from a socket, a TLS handshake or a proxy agent means. Its message is not copied. */
export function connectionFailure(
  error: unknown,
  endpoint: Endpoint,
  ca = 'the CA in the kubeconfig',
): Failure {
  const code = codeOf(error);
  const proxyStatus = proxyRefusal(error);
  if (proxyStatus)
    return failure('unreachable', `the proxy answered HTTP ${proxyStatus} to CONNECT`);
  const to = endpoint.proxy ? `the proxy ${endpoint.proxy.host}` : endpoint.server.host;
  const trouble = certificateTrouble[code];
  if (trouble)
    return failure('unreachable', `TLS: the server's certificate ${trouble.replace('{ca}', ca)}`);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure(
        'unreachable',
        `DNS: no address for ${(endpoint.proxy ?? endpoint.server).hostname}`,
      );
    case 'ECONNREFUSED':
      return failure('unreachable', `${to} refused the connection`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return failure('unreachable', `no route to ${to}`);
    case 'ETIMEDOUT':
      return failure('unreachable', `${to} did not answer the connection attempt`);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return failure('unreachable', `the connection to ${to} broke`);
  }
  if (code.startsWith('HPE_')) return failure('unreadable', `${to} does not answer with HTTP`);
  if (/^(ERR_SSL|ERR_TLS|EPROTO|ERR_OSSL)/.test(code)) {
    return failure('unreachable', `TLS: the handshake failed (${code})`);
  }
  return failure('unreachable', `no connection to ${to}${code === '' ? '' : ` (${code})`}`);
}

/** An error's code, if it looks like one: codes are names we know, messages are not. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : '';
}

/** hpagent reports a proxy's refusal as `Bad response: 407`, without a code. */
function proxyRefusal(error: unknown): string | undefined {
  return error instanceof Error ? /^Bad response: (\d{3})$/.exec(error.message)?.[1] : undefined;
}
