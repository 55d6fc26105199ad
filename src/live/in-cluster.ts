// The cluster this process runs in, from its service account (client-go rest.InClusterConfig).
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { limits } from '../core/limits.ts';
import { readText } from '../disk/read.ts';
import type { Choice, Target } from './target.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** `undefined` outside a cluster. */
export function inCluster(choice: Choice, directory = SERVICE_ACCOUNT): Target | undefined {
  const host = choice.env.KUBERNETES_SERVICE_HOST;
  const port = choice.env.KUBERNETES_SERVICE_PORT;
  const token = join(directory, 'token');
  if (!host || !port || !existsSync(token)) return undefined;
  return {
    context: 'in-cluster',
    namespace: choice.namespace || ownNamespace(directory),
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      'certificate-authority': join(directory, 'ca.crt'),
    },
    user: { tokenFile: token },
    source: 'the service account of this pod',
    files: [],
    ownNamespace: 'the service account of this pod',
  };
}

function ownNamespace(directory: string): string {
  const read = readText(join(directory, 'namespace'), { most: limits.credential, links: 'follow' });
  return (read.ok && read.text.trim()) || 'default';
}
