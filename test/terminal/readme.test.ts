// The sessions that the README shows, held again. `npm run docs` puts these screens into it; after a change,
// `npm run test:terminal -- -u readme` takes them anew.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { wrap } from '../../src/report/wrap.ts';
import { FakeApiServer, kubeconfigText, scratch } from '../helpers/fake-apiserver/index.ts';
import { root } from '../helpers/sources.ts';
import { choose, enter, menu, start, triage, workOf } from './steps.ts';

const command = 'meshdoc triage --from test/scenarios/oom/app-killed';

test('the first screen, and the rest of the session', async () => {
  const t = await start();
  await symlink(join(root, 'test'), join(await workOf(t), 'test'));
  await triage(t, command);
  await t.type('keeps restarting');
  const first = await t.sees(/keeps restarting█[^]*● oom: Container is OOM-killed/);
  await expect(fenced(first)).toMatchFileSnapshot('readme/first-screen.md');

  await t.press('Enter');
  await t.sees('◆  Where? (oom)');
  await t.press('Enter');
  await t.sees(menu);
  await choose(t, 'Copy a command');
  await t.sees('◆  Which command?');
  await choose(t, 'fix 1');
  await t.sees(/clipboard:[^]*What next\?/);
  await choose(t, 'Add a note');
  await t.sees('◆  Your note');
  await enter(t, 'raised the limit to 1Gi at 11:40');
  await t.sees(/11:40[^]*What next\?/);
  await choose(t, 'Write the ticket');
  await t.sees('◆  Which format for the ticket?');
  await t.press('Enter');
  await t.sees('◆  Which file?');
  await enter(t, 'incident.md');
  await t.sees('Written to incident.md');
  const all = await t.history();
  const end = 'Written to incident.md';
  const rest = all.slice(all.indexOf('◇  What is wrong?'), all.indexOf(end) + end.length);
  await expect(fenced(rest)).toMatchFileSnapshot('readme/session.md');
});

test('doctor, of a person who may not forward ports', async () => {
  const server = await FakeApiServer.start({
    objects: [istiod],
    resources: ['v1/events', 'v1/namespaces', 'apps/v1/deployments'],
    reviews: {
      user: 'anna@example.com',
      groups: ['sre', 'system:authenticated'],
      allows: ({ subresource }) => subresource !== 'portforward',
    },
  });
  onTestFinished(() => server.close());
  const t = await start({ env: { PATH: await binWithKubectl() } });
  const parts = { server: server.url, ca: server.ca, context: { namespace: 'shop' } };
  const config = kubeconfigText(parts).replaceAll('"fake"', '"prod"');
  await writeFile(join(await workOf(t), 'prod.yaml'), config);
  // On a machine that is too busy the answer is slow, and that is told: not what is to be shown.
  for (let i = 0; i < 5; i += 1) {
    await t.press('C-l');
    await enter(t, 'meshdoc doctor stale rbac --kubeconfig prod.yaml');
    if (!/slow:/.test(await t.sees(/ ok\.\n\$/))) break;
  }
  // Joined: a command that the terminal broke is one line when it is copied.
  const whole = await t.tmux('capture-pane', '-p', '-J', '-t', 'a');
  const screen = unvarying(whole, await workOf(t));
  await expect(screen).toMatchFileSnapshot('readme/doctor.md');
});

const istiod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'istiod-1', namespace: 'istio-system', labels: { app: 'istiod' } },
  spec: { containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.31.1' }] },
  status: { phase: 'Running' },
};

/** Of the programs that doctor looks for, kubectl alone. */
async function binWithKubectl(): Promise<string> {
  const bin = join(scratch(), 'bin');
  await mkdir(bin);
  const says = JSON.stringify({ clientVersion: { gitVersion: 'v1.33.2' } });
  await writeFile(join(bin, 'kubectl'), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return bin;
}

/** The home, the fake server's port, its haste and the day its certificate ends are others each time. */
function unvarying(screen: string, home: string): string {
  const told = screen
    .replace(/\n\$\s*$/, '')
    .replace(/\n {32}/g, ' ')
    .replaceAll(home, '/home/anna')
    .replace(/127\.0\.0\.1:\d+/g, '10.0.0.1:6443')
    .replace(/answered in \d+ ms/, 'answered in 41 ms')
    .replace(/good until \S+/, 'good until 2027-11-21');
  return fenced(told.split('\n').map(brokenAgain).join('\n'));
}

/** As doctor breaks a line of its table: what stands in place of a path may be shorter. */
function brokenAgain(line: string): string {
  if (!/^(ok|FAILED) /.test(line)) return line;
  return line.slice(0, 32) + wrap(line.slice(32), 100 - 32).join(`\n${' '.repeat(32)}`);
}

/** Without what a screen has beside and below what was printed, as Markdown. */
function fenced(screen: string): string {
  return ['```console', screen.trimEnd().replace(/ +$/gm, ''), '```', ''].join('\n');
}
