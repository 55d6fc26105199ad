import { beforeAll, expect, test } from 'vitest';
import { lab, type Lab } from './lab.ts';
import { BUILD_MS } from './meshdoc.ts';

const TEST_MS = 120_000;

let mesh: Lab;
beforeAll(async () => {
  mesh = await lab();
  await mesh.mend();
}, BUILD_MS);

test(
  'a healthy sidecar is SYNCED in the real istioctl',
  async () => {
    const web = await mesh.pod('web');
    const table = await mesh.istioctl('proxy-status', '-v', '1');
    const row = table.split('\n').find((line) => line.startsWith(`${web.name}.shop`)) ?? '';
    expect(row.match(/\b(SYNCED|STALE|ERROR|NOT SENT)\b/g)).toEqual(Array(4).fill('SYNCED'));
  },
  TEST_MS,
);

test(
  'both kinds of sidecar are injected: native and classic',
  async () => {
    const path = 'jsonpath={.items[*].spec.initContainers[*].name}';
    const names = (app: string): Promise<string> =>
      mesh.kubectl('-n', 'shop', 'get', 'pods', '-l', `app=${app}`, '-o', path);
    expect(await names('web')).toBe('istio-init istio-proxy');
    expect(await names('cart')).toBe('istio-init');
  },
  TEST_MS,
);

test(
  'the audit log says who asked the API server for what, and what was refused',
  async () => {
    const argv = ['kubectl', 'get', 'pods', '-n', 'istio-system'];
    expect((await mesh.run(argv, { user: 'oncall' })).code).toBe(0);
    expect((await mesh.run(argv, { user: 'noistio' })).code).not.toBe(0);
    const asked = (await mesh.auditLog()).filter(
      ({ resource, namespace }) => resource === 'pods' && namespace === 'istio-system',
    );
    expect(asked.filter(({ user }) => user === 'oncall').at(-1)?.code).toBe(200);
    expect(asked.filter(({ user }) => user === 'noistio').at(-1)?.code).toBe(403);
  },
  TEST_MS,
);

test(
  'a fault shows and goes away when mended',
  async () => {
    const { target } = await mesh.breakIt('nack');
    const status = await mesh.istioctl('proxy-status', '-v', '1');
    const [, name = ''] = target.split('/');
    expect(status.split('\n').find((line) => line.startsWith(name))).toContain('ERROR');
    await mesh.mend('nack');
    expect(await mesh.istioctl('proxy-status', '-v', '1')).not.toContain('ERROR');
  },
  TEST_MS,
);
