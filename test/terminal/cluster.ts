// A mesh that was recorded, served by a fake API server that can stop answering.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readCase } from '../../src/snapshot/folder.ts';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeObject,
} from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';

export type Cluster = {
  readonly server: FakeApiServer;
  readonly kubeconfig: string;
  /** From now on only the pod plain/legacy is told of; every other question is never answered. */
  readonly hang: () => void;
};

/** Closed with the test that started it. */
export async function cluster(): Promise<Cluster> {
  const read = await readCase(join(root, 'test/scenarios/stale/no-sidecar'));
  if (!read.ok) throw new Error(read.says);
  let hanging = false;
  const server = await FakeApiServer.start({
    objects: read.value.objects as unknown as readonly FakeObject[],
    resources: ['v1/events'],
    reviews: { user: 'anna@example.com' },
    fault: ({ path }) => (hanging && !path.endsWith('/pods/legacy') ? 'hang' : undefined),
  });
  onTestFinished(() => server.close());
  return {
    server,
    kubeconfig: writeKubeconfig({ server: server.url, ca: server.ca }),
    hang: () => {
      hanging = true;
    },
  };
}
