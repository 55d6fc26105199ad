// Kubeconfigs for a fake API server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export type KubeconfigParts = {
  readonly server: string;
  readonly ca?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
};

/** One cluster, one user, one context, all named `fake`, as JSON, which is YAML. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const ca = parts.ca && Buffer.from(parts.ca).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'fake',
    clusters: [
      {
        name: 'fake',
        cluster: { server: parts.server, 'certificate-authority-data': ca, ...parts.cluster },
      },
    ],
    users: [{ name: 'fake', user: parts.user ?? { token: 'fake-token' } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake', ...parts.context } }],
  });
}

const scratches: string[] = [];
afterAll(() => {
  for (const directory of scratches.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A new directory under the system's temporary one; it goes when the test file is done. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'meshdoc-test-'));
  scratches.push(directory);
  return directory;
}

/** Writes the kubeconfig into a directory of its own and gives its path. */
export function writeKubeconfig(parts: KubeconfigParts): string {
  const file = join(scratch(), 'config');
  writeFileSync(file, kubeconfigText(parts));
  return file;
}
