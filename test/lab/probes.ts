import { get } from 'node:http';
import type { RealContainer } from './container.ts';
import type { Container, Probe } from './pod-types.ts';
import { sleep } from './sh.ts';

const FIRST_PERIOD_MS = 700;

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

function ask(url: string, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = get(url, { timeout, agent: false }, (answer) => {
      answer.resume();
      resolve((answer.statusCode ?? 500) < 400);
    });
    call.on('timeout', () => call.destroy(new Error('timeout')));
    call.on('error', () => resolve(false));
  });
}

async function probeOnce(ip: string, container: Container, probe: Probe): Promise<boolean> {
  if (!probe.httpGet) return true;
  const { path = '/', port } = probe.httpGet;
  const url = `http://${ip}:${portOf(container, port)}${path}`;
  return ask(url, (probe.timeoutSeconds ?? 1) * 1000);
}

/** A kubelet's readiness: quick until the first success, then at the probe's own pace. */
export async function keepProbing(
  ip: string,
  container: RealContainer,
  changed: () => void,
  stopped: () => boolean,
): Promise<void> {
  const probe = container.spec.readinessProbe ?? {};
  let failures = 0;
  while (!stopped()) {
    const { state } = container;
    const ok = state.started !== undefined && (await probeOnce(ip, container.spec, probe));
    failures = ok ? 0 : failures + 1;
    const ready = ok || (state.ready && failures < (probe.failureThreshold ?? 3));
    if (ready !== state.ready && (!ready || state.started)) {
      state.ready = ready;
      changed();
    }
    await sleep(state.ready ? (probe.periodSeconds ?? 2) * 1000 : FIRST_PERIOD_MS);
  }
}
