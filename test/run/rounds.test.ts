// `--watch` asks one question again and again: how often that opens a connection, and that each time is asked anew.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { runOptions } from '../../src/cli/options.ts';
import { typedRequest, type Request } from '../../src/run/request.ts';
import { rounds } from '../../src/run/rounds.ts';
import { readCase } from '../../src/snapshot/folder.ts';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeObject,
  type Fault,
} from '../helpers/fake-apiserver/index.ts';
import { makeBin } from '../live/programs.ts';

let server: FakeApiServer;
let fault: Fault | undefined;
beforeAll(async () => {
  const read = await readCase(join(import.meta.dirname, '../scenarios/stale/no-sidecar'));
  if (!read.ok) throw new Error(read.says);
  const objects = read.value.objects as unknown as readonly FakeObject[];
  server = await FakeApiServer.start({ objects, fault: () => fault });
});
afterAll(() => server.close());

const apiVersion = 'client.authentication.k8s.io/v1';
/** Every opening runs it once: its token lasts. */
const plugin = `note('run'); console.log('${JSON.stringify({
  ...{ kind: 'ExecCredential', apiVersion },
  status: { token: 'token' },
})}')`;

async function opened() {
  const bin = makeBin();
  const command = bin.add('plugin', plugin);
  const user = { exec: { apiVersion, command } };
  const kubeconfig = writeKubeconfig({ server: server.url, ca: server.ca, user });
  const options = runOptions({ kubeconfig, namespace: 'plain', requestTimeout: 5000 });
  const request = await typedRequest({ runbook: 'stale', targets: ['plain/legacy'], options });
  const interrupt = new AbortController().signal;
  const io = { env: bin.env, interrupt, interactive: false } as unknown as Io;
  const { once, close } = rounds(request as Request, options, io);
  const round = async () => {
    const before = server.requests.length;
    const { ok } = await once(60_000);
    const pods = server.requests.slice(before).filter(({ path }) => path.endsWith('/pods/legacy'));
    return { ok, asked: pods.length };
  };
  return { round, close, openings: () => bin.recorded().length };
}

test('one opening for all runs, and in each the pod is asked for anew', async () => {
  const { round, close, openings } = await opened();
  const done = [await round(), await round(), await round()];
  close();
  expect(done).toEqual([1, 2, 3].map(() => ({ ok: true, asked: 1 })));
  expect(openings()).toBe(1);
});

test('a server that was away is come to again from the beginning', async () => {
  const { round, close, openings } = await opened();
  const first = await round();
  fault = { status: 500, text: 'oops' };
  const away = await round();
  fault = undefined;
  const back = await round();
  close();
  expect([first.ok, away.ok, back.ok]).toEqual([true, false, true]);
  expect(openings()).toBe(2);
});
