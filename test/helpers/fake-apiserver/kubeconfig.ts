// Kubeconfigs for a fake API server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
// Not a hook of a test file: this module is loaded once for all files of a worker, which vitest ends with SIGTERM.
process.once('exit', () => {
  for (const directory of scratches) rmSync(directory, { recursive: true, force: true });
});
process.once('SIGTERM', () => process.exit(143));

/** A new directory under the system's temporary one; it goes when the tests are done. */
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
