// Sends a generated request as its caller would, and says how the evaluator should see it.
import type { Request } from '../../../src/model/istio/authz/types.ts';
import { cart, claims, tokenOf, web, type Sent } from '../../model/istio/authz/arbitrary.ts';
import { ports, token, type Destination, type Field } from './field.ts';

export type Saw = 'allowed' | 'denied' | '401' | { readonly odd: string };

export async function send(field: Field, to: Destination, sent: Sent, id: string): Promise<Saw> {
  const { hands } = field.callers[sent.caller];
  if (sent.protocol === 'tcp') {
    const { echoed, error } = await hands.tcp(to.clusterIp, portOf(sent).service);
    if (error === 'timeout') return { odd: error };
    return echoed === true ? 'allowed' : 'denied';
  }
  const answer = await hands.http({
    host: to.clusterIp,
    port: portOf(sent).service,
    method: sent.method,
    path: `${sent.path}?id=${id}`,
    headers: {
      host: hostOf(sent, to),
      ...(sent.team === null ? {} : { 'x-team': sent.team }),
      ...(sent.forwardedFor === null ? {} : { 'x-forwarded-for': sent.forwardedFor }),
      ...(sent.jwt === 'none'
        ? {}
        : { authorization: `Bearer ${token(field.key, claims[sent.jwt])}` }),
    },
  });
  if (answer.status === 401) return '401';
  if (answer.status === 403) return 'denied';
  return answer.status === 200 ? 'allowed' : { odd: JSON.stringify(answer) };
}

export function requestOf(field: Field, to: Destination, sent: Sent): Request {
  const { pod } = field.callers[sent.caller];
  const http = sent.protocol === 'http';
  const mtls = sent.caller !== 'legacy';
  const port = portOf(sent);
  return {
    source: mtls
      ? { is: 'mtls', principal: sent.caller === 'web' ? web : cart }
      : { is: 'plaintext' },
    sourceIp: pod.ip,
    remoteIp: (http ? sent.forwardedFor?.split(', ').at(-1) : undefined) ?? pod.ip,
    destinationIp: to.pod.ip,
    port: port.container,
    protocol: sent.protocol,
    sni: mtls ? `outbound_.${port.service}_._.dest.${to.namespace}.svc.cluster.local` : '',
    path: sent.path,
    method: sent.method,
    host: hostOf(sent, to),
    headers: { 'x-team': sent.team },
    jwt: tokenOf(sent.jwt),
  };
}

/** Upstream Envoy has not Istio's ALPN filter, so what a sidecar sends to a sniffed port arrives as TCP. */
function portOf({ protocol, sniffed, caller }: Sent): (typeof ports)['http'] {
  if (protocol === 'http') return sniffed && caller === 'legacy' ? ports.sniffedHttp : ports.http;
  return sniffed ? ports.sniffedTcp : ports.tcp;
}

function hostOf(sent: Sent, { namespace }: Destination): string {
  const { hostForm, caller } = sent;
  const short = `dest.${namespace}`;
  // What a sidecar does not know it sends on over connections that it keeps, with their rules of old.
  if (hostForm === 'other' && caller !== 'legacy') return short;
  switch (hostForm) {
    case 'short':
      return short;
    case 'port':
      return `${short}:${portOf(sent).service}`;
    case 'svc':
      return `${short}.svc`;
    case 'long':
      return `${short}.svc.cluster.local`;
    case 'case':
      return short.toUpperCase();
    case 'other':
      return 'shop.example';
  }
}
