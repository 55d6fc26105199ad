import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { API_URL, inState, kubeconfigOf } from './paths.ts';
import { pki } from './pki.ts';

/** People (tests run as them) and the parts of the control plane, so the audit log tells them apart. */
export const PEOPLE = ['admin', 'oncall', 'noexec', 'noistio', 'nobody'];
export const COMPONENTS = ['lab-controller-manager', 'lab-scheduler', 'lab-kubelet', 'lab-pods'];
const MASTERS = new Set(['admin', ...COMPONENTS]);

export const tokensFile = inState('tokens.csv');

async function kubeconfig(user: string, token: string): Promise<string> {
  const ca = await readFile(pki.ca);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    clusters: [
      {
        name: 'lab',
        cluster: { server: API_URL, 'certificate-authority-data': ca.toString('base64') },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user } }],
  });
}

/** Gives every user a random token and a kubeconfig of its own. */
export async function makeUsers(): Promise<void> {
  const lines: string[] = [];
  for (const user of [...PEOPLE, ...COMPONENTS]) {
    const token = randomBytes(16).toString('hex');
    lines.push(`${token},${user},${user}${MASTERS.has(user) ? ',"system:masters"' : ''}`);
    await writeFile(kubeconfigOf(user), await kubeconfig(user, token), { mode: 0o600 });
  }
  await writeFile(tokensFile, `${lines.join('\n')}\n`, { mode: 0o600 });
}

export async function tokenOf(user: string): Promise<string> {
  const lines = (await readFile(tokensFile, 'utf8')).split('\n').map((line) => line.split(','));
  const token = lines.find(([, name]) => name === user)?.[0];
  if (!token) throw new Error(`the lab has no user ${user}`);
  return token;
}
