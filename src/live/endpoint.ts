// The server as a place to connect to: URL, TLS, proxy, and one keep-alive agent for everything asked.
import { Agent, type AgentOptions } from 'node:http';
import { proxyFor } from './proxy.ts';
import { ReadyAgent } from './ready-agent.ts';

export type Endpoint = {
  readonly server: URL;
  /** `''`, or the path under which a gateway serves this cluster: `/k8s/clusters/c-x1`. */
  readonly basePath: string;
  readonly proxy: URL | undefined;
  readonly agent: Agent;
  readonly tls: TlsOptions;
  /** Ask for compressed answers. */
  readonly gzip: boolean;
};
export type TlsOptions = {
  readonly ca?: Buffer | undefined;
  readonly servername?: string | undefined;
  readonly rejectUnauthorized?: boolean | undefined;
};

export type EndpointSettings = {
  readonly server: URL;
  readonly proxyUrl: string | undefined;
  readonly tls: TlsOptions;
  readonly gzip: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly closed: AbortSignal;
};

/** Opens nothing yet. */
export async function makeEndpoint(settings: EndpointSettings): Promise<Endpoint> {
  const { server, tls, gzip } = settings;
  const proxy = proxyFor(server, settings.proxyUrl, settings.env);
  const agent = await makeAgent(server, proxy, settings.closed);
  return { server, basePath: server.pathname.replace(/(?<!\/)\/+$/, ''), proxy, agent, tls, gzip };
}

async function makeAgent(server: URL, proxy: URL | undefined, closed: AbortSignal): Promise<Agent> {
  // Eight at a time is plenty for the server, and parallel looks then share connections.
  const options: AgentOptions = { keepAlive: true, maxSockets: 8 };
  if (!proxy) return server.protocol === 'http:' ? new Agent(options) : new ReadyAgent(options);
  if (proxy.protocol.startsWith('socks')) {
    const { SocksProxyAgent } = await import('socks-proxy-agent');
    // As Go: the proxy resolves the name, whether it is called socks5 or socks5h.
    return new SocksProxyAgent(proxy.href.replace(/^socks5:/, 'socks5h:'), options);
  }
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  // Without the signal a proxy that never answers CONNECT would keep the process alive after `close`.
  // (hpagent hands these to http.request whole; its types list only some.)
  const request: object = { signal: closed };
  const proxyOptions = { ...options, proxy, proxyRequestOptions: request };
  return server.protocol === 'http:'
    ? new HttpProxyAgent(proxyOptions)
    : new HttpsProxyAgent(proxyOptions);
}
