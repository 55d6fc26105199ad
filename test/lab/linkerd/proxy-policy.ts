// Whether a scrape is let through: what the policy controller would have told the proxy about port 4191.
import { get } from 'node:http';
import type { Self } from './proxy-metrics.ts';

export type Admission = { readonly is: 'allowed' | 'denied' };

export const isLoopback = (address: string): boolean =>
  ['127.0.0.1', '::1'].includes(address.replace(/^::ffff:/, ''));

const FRESH_MS = 500;
const TIMEOUT_MS = 500;
const answers = new Map<string, { at: number; verdict: Admission }>();

function controller(): string {
  const address = process.env['LINKERD2_PROXY_POLICY_SVC_ADDR'] ?? '';
  return address.replace(/\.:/, ':').replace(/^localhost\.?:/, '127.0.0.1:');
}

function ask(url: string): Promise<Admission | undefined> {
  return new Promise((resolve) => {
    const call = get(url, { timeout: TIMEOUT_MS }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString()));
      answer.on('end', () => {
        resolve(answer.statusCode === 200 ? (JSON.parse(text) as Admission) : undefined);
      });
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
  });
}

/** The controller's word; without it the default policy of the pod, as upstream's proxy starts. */
export async function admits(address: string, self: Self): Promise<Admission> {
  const client = address.replace(/^::ffff:/, '');
  const known = answers.get(client);
  if (known && Date.now() - known.at < FRESH_MS) return known.verdict;
  const pod = process.env['_pod_name'] ?? '';
  const query = new URLSearchParams({ namespace: self.namespace, pod, client });
  const told = await ask(`http://${controller()}/admin?${query.toString()}`);
  const verdict = told ?? known?.verdict ?? byDefault(self.defaultPolicy);
  answers.set(client, { at: Date.now(), verdict });
  return verdict;
}

const byDefault = (policy: string): Admission =>
  policy.endsWith('unauthenticated') || policy === 'audit' ? { is: 'allowed' } : { is: 'denied' };
