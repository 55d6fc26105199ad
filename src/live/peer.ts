// Who is at the other end of TLS, verified or not: what to look at when verification fails. The connection ends with the
// handshake: no request, no credential and no client certificate is sent to whoever that is.
import { request, type RequestOptions } from 'node:https';
import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';
import { answered, type Reply } from '../core/ports.ts';
import type { PeerAnswer } from '../core/question.ts';
import { connectionFailure } from './connection-error.ts';
import { cutShort, untilAborted } from './deadline.ts';
import { failure } from './failure.ts';
import { bounded } from '../core/deadline.ts';
import type { Wire } from './http.ts';

export function peerCertificates(wire: Wire, signal: AbortSignal): Promise<Reply<PeerAnswer>> {
  if (wire.endpoint.server.protocol === 'http:')
    return Promise.resolve(failure('absent', 'the server is asked without TLS'));
  return bounded(wire.requestTimeoutMs, signal, (inner) => untilAborted(shake(wire, inner), inner));
}

function shake(wire: Wire, signal: AbortSignal): Promise<Reply<PeerAnswer>> {
  const { server, agent, tls } = wire.endpoint;
  const options: RequestOptions = {
    agent,
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    rejectUnauthorized: false,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port,
    protocol: server.protocol,
    signal,
  };
  return new Promise((resolve) => {
    // Never ended, so never sent: a request's head leaves with its first byte.
    const asked = request(options);
    const tell = (socket: TLSSocket): void => {
      resolve(answered({ chain: chainOf(socket.getPeerCertificate(true)) }));
      asked.destroy();
    };
    asked.on('socket', (socket) => {
      if (!(socket instanceof TLSSocket)) return;
      if (socket.getPeerCertificate().raw instanceof Buffer) tell(socket);
      else
        socket.once('secureConnect', () => {
          tell(socket);
        });
    });
    asked.on('error', (error) => {
      resolve(signal.aborted ? cutShort(signal) : connectionFailure(error, wire.endpoint));
    });
  });
}

/** A self-signed certificate is its own issuer: the end of the chain. Without any, Node gives an empty object. */
function chainOf(leaf: DetailedPeerCertificate): readonly string[] {
  const chain: string[] = [];
  const seen = new Set<string>();
  let one: Partial<DetailedPeerCertificate> | undefined = leaf;
  while (one?.raw && !seen.has(one.fingerprint256 ?? '')) {
    seen.add(one.fingerprint256 ?? '');
    chain.push(pemOf(one.raw));
    one = one.issuerCertificate;
  }
  return chain;
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
