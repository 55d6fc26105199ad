// Which proxy a request to the API server goes through: kubectl's rules, which are Go's
// (golang.org/x/net/http/httpproxy). npm's proxy libraries know neither CIDRs nor bare domains.
import { BlockList, isIP } from 'node:net';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `server`: the cluster's own `proxy-url` first, else HTTPS_PROXY or HTTP_PROXY unless NO_PROXY
 * or loopback says otherwise. A value that cannot be read counts as none, as in Go.
 */
export function proxyFor(server: URL, proxyUrl: string | undefined, env: Env): URL | undefined {
  const { proxy, bypassed } = proxyChoice(server, proxyUrl, env);
  return bypassed ? undefined : proxy;
}

/** The same with where it was named, and whether the environment keeps this server from it. */
export function proxyChoice(
  server: URL,
  proxyUrl: string | undefined,
  env: Env,
): { readonly proxy: URL | undefined; readonly from: string; readonly bypassed: boolean } {
  if (proxyUrl)
    return { proxy: parseProxy(proxyUrl), from: 'proxy-url in the kubeconfig', bypassed: false };
  const name = server.protocol === 'http:' ? 'http_proxy' : 'https_proxy';
  const from = env[name] ? name : name.toUpperCase();
  const proxy = env[from];
  const bypassed = bypasses(server, env.no_proxy || env.NO_PROXY || '');
  return { proxy: proxy ? parseProxy(proxy) : undefined, from, bypassed };
}

function parseProxy(text: string): URL | undefined {
  for (const candidate of [text, `http://${text}`]) {
    const url = URL.canParse(candidate) ? new URL(candidate) : undefined;
    if (url && url.host !== '') return url;
  }
  return undefined;
}

function bypasses(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'http:' ? '80' : '443');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const range = /^([^/]+)\/(\d{1,3})$/.exec(entry);
  if (range?.[1] && range[2]) return isIP(host) !== 0 && inRange(host, range[1], Number(range[2]));
  const [name, onlyPort] = splitPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (isIP(name) || isIP(host)) return name === host;
  const suffix = name.replace(/^\*/, '');
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

function splitPort(entry: string): [string, string | undefined] {
  if (isIP(entry)) return [entry, undefined];
  const split = /^(?:\[(.+)\]|([^:[][^:]*))(?::(\d+))?$/.exec(entry);
  return [split?.[1] ?? split?.[2] ?? entry, split?.[3]];
}

function isLoopback(host: string): boolean {
  return inRange(host, '127.0.0.0', 8) || inRange(host, '::1', 128);
}

function inRange(host: string, network: string, bits: number): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) !== isIP(network) || isIP(host) === 0) return false;
  if (bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
