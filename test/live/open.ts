// Connects to a fake API server and unwraps what comes back.
import { setMaxListeners } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Reply } from '../../src/core/ports.ts';
import type { AnswerTo, Question } from '../../src/core/question.ts';
import { Raw } from '../../src/guard/raw.ts';
import { connect, type Connection, type LiveOptions } from '../../src/live/connect.ts';
import {
  FakeApiServer,
  writeKubeconfig,
  type FakeOptions,
  type KubeconfigParts,
} from '../helpers/fake-apiserver/index.ts';

// As the command line does: dozens of questions wait on one signal.
setMaxListeners(0);

/** Runs after the test, the last one first. */
export function later(clean: () => void | Promise<void>): void {
  onTestFinished(clean);
}

export async function startFake(options: FakeOptions = {}): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start(options);
  later(() => fake.close());
  return fake;
}

/** The environment without anything that would reach a real cluster or proxy. */
export function cleanEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: '/nonexistent', ...more };
}

export function liveOptions(more: Partial<LiveOptions> = {}): LiveOptions {
  return {
    asGroups: [],
    requestTimeoutMs: 5000,
    env: cleanEnv(),
    userAgent: 'meshdoc/0.0.0-test',
    interactive: false,
    ...more,
  };
}

export async function openTo(
  fake: FakeApiServer,
  more: Partial<LiveOptions> = {},
  parts: Partial<KubeconfigParts> = {},
): Promise<Connection> {
  const kubeconfig = writeKubeconfig({ server: fake.url, ca: fake.ca, ...parts });
  return opened(liveOptions({ kubeconfig, ...more }));
}

export async function opened(options: LiveOptions): Promise<Connection> {
  const connected = await connect(options);
  if (!connected.ok) throw new Error(connected.failure.says);
  later(() => {
    connected.value.close();
  });
  return connected.value;
}

/** Asks with a generous deadline and opens the answer. */
export async function ask<Q extends Question>(
  connection: Connection,
  question: Q,
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<Reply<AnswerTo<Q>>> {
  const reply = await connection.ask(question, signal);
  return reply.ok ? { ok: true, value: Raw.open(reply.value) } : reply;
}

export const pods = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
export const virtualServices = {
  group: 'networking.istio.io',
  version: 'v1',
  plural: 'virtualservices',
  kind: 'VirtualService',
  namespaced: true,
};
export const pod = (name: string, namespace = 'shop', labels: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels, creationTimestamp: '2026-01-02T03:04:05Z' },
  spec: { fieldOfTomorrow: { a: 1 } },
});
