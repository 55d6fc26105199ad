// A mesh is one folder, and everything else walks the lists: the program is built with a mesh that nobody has, and every
// command knows it. Where this fails, a room of src knows its meshes by name.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { start, type Ended } from '../helpers/bundled.ts';
import { scratch } from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';
import { weftBundled } from './bundle.ts';

const recorded = join(root, 'test/meshes/weft/case');
const home = scratch();
let script = '';
beforeAll(async () => {
  script = await weftBundled();
});

async function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { ended } = await start(argv, { script, env: { HOME: home, PATH: home, ...env } });
  return ended;
}

/** Nobody answers there. */
function kubeconfig(): string {
  const path = join(scratch(), 'config');
  const text = `apiVersion: v1
kind: Config
current-context: none
contexts: [{ name: none, context: { cluster: none, user: none } }]
clusters: [{ name: none, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: none, user: {} }]
`;
  writeFileSync(path, text);
  return path;
}

describe.concurrent('a mesh of one folder is known', () => {
  test('to list', async () => {
    expect((await run(['list'])).out).toMatch(/^ *weft-proxy\b/m);
  });

  test('to access: its role is in the namespace of its control plane', async () => {
    const { code, out } = await run(['access', 'weft-proxy']);
    expect([code, out]).toEqual([0, expect.stringContaining('namespace: weft-system')]);
    expect(out).toContain('weft-controller');
    const elsewhere = await run(['access', 'weft-proxy', '--weft-namespace', 'loom-rooms']);
    expect(elsewhere.out).toContain('namespace: loom-rooms');
    expect(elsewhere.out).not.toContain('weft-system');
  });

  test('to help and completion: its flag, its runbook', async () => {
    expect((await run(['diagnose', '--help'])).out).toContain('-w, --weft-namespace <name>');
    const flag = await run(['complete', '--', 'diagnose', 'weft-proxy', '--weft']);
    expect(flag.out).toMatch(/^--weft-namespace\t/);
    const runbook = await run(['complete', '--', 'diagnose', 'weft-p']);
    expect(runbook.out).toMatch(/^weft-proxy\t/);
  });

  test('to config: its setting, by file name and by environment', async () => {
    const unset = await run(['config']);
    expect(unset.out).toMatch(/^weftNamespace +weft-system +\(default; MESHDOC_WEFT_NAMESPACE/m);
    const set = await run(['config'], { MESHDOC_WEFT_NAMESPACE: 'loom-rooms' });
    expect(set.out).toMatch(/^weftNamespace +loom-rooms +\(.*MESHDOC_WEFT_NAMESPACE/m);
  });

  test('to doctor: its program', async () => {
    const { out } = await run(['doctor', '--kubeconfig', kubeconfig()]);
    expect(out).toMatch(/weftctl +not on the PATH/);
  });

  test('to diagnose, by its runbook', async () => {
    const { code, out, err } = await run(['diagnose', '--from', recorded]);
    expect([code, err]).toEqual([3, '']);
    expect(out).toContain('The weft-proxy of orders/checkout-6d5f-aa111 is not ready.');
    expect(out).toMatch(/weftctl .*version -n orders/);
  });

  test('to triage: which mesh a pod is in, and which runbook fits', async () => {
    const about = (pod: string) =>
      run(['diagnose', 'triage', pod, '--from', recorded, '--verbose']);
    const well = await about('orders/basket-7c4f-bb222');
    expect(well.out).toContain('orders/basket-7c4f-bb222 is in the Weft mesh: a sidecar.');
    const { out } = await about('orders/checkout-6d5f-aa111');
    expect(out).toContain('weft-proxy/proxy-not-ready');
  });

  test('to --redact names: its words stay, those of a person do not', async () => {
    const { out } = await run(['diagnose', '--from', recorded, '--redact', 'names', '--verbose']);
    expect(out).toContain('weft-proxy');
    expect(out).toContain('weft-system');
    expect(out).toContain('weftctl');
    expect(out).not.toMatch(/orders|checkout/);
  });
});
