// Completion as the shells really do it: a line is typed, Tab is pressed, the screen is read.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli } from '../helpers/fake-io.ts';
import {
  FakeApiServer,
  kubeconfigText,
  scratch,
  type FakeObject,
} from '../helpers/fake-apiserver/index.ts';
import { makeHome, openTerminal, type Home, type Terminal } from './shell.ts';

const eks = 'arn:aws:eks:eu-west-1:1:cluster/prod';
const named = (apiVersion: string, kind: string, name: string): FakeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
});

let server: FakeApiServer;
let kubeconfig: string;

beforeAll(async () => {
  server = await FakeApiServer.start({
    objects: [named('v1', 'Pod', 'web-1'), named('apps/v1', 'Deployment', 'checkout')],
    resources: ['v1/namespaces'],
  });
  const context = { namespace: 'shop' };
  const config = JSON.parse(kubeconfigText({ server: server.url, ca: server.ca, context })) as {
    contexts: object[];
  };
  config.contexts.push({ ...config.contexts[0], name: eks });
  kubeconfig = join(scratch(), 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
});
afterAll(() => server.close());

/** Where the help of `meshdoc completion` says that the script goes, and how the shell is started. */
const shells = {
  bash: {
    file: '.local/share/meshdoc.bash',
    rc: ['.bashrc', 'PS1="$ "; . ~/.local/share/meshdoc.bash; . ~/.local/share/meshdoc.bash\n'],
    argv: ['bash', '-i'],
  },
  zsh: {
    file: '.zfunc/_meshdoc',
    rc: ['.zshrc', 'PS1="$ "; fpath=(~/.zfunc $fpath); autoload -U compinit; compinit -u\n'],
    argv: ['zsh', '-i'],
  },
  fish: {
    file: '.config/fish/completions/meshdoc.fish',
    rc: [
      '.config/fish/config.fish',
      'set fish_greeting; function fish_prompt; echo -n \\$\\ ; end; set fish_autosuggestion_enabled 0\n',
    ],
    argv: ['fish', '-i'],
  },
} as const;

/** What is typed before Tab, and the line after it. */
const lines: readonly (readonly [string, string])[] = [
  ['meshdoc expl', 'meshdoc explain'],
  ['meshdoc diagnose froz', 'meshdoc diagnose froz'],
  ['meshdoc explain stale/froz', 'meshdoc explain stale/frozen'],
  ['meshdoc diagnose stale --kubec', 'meshdoc diagnose stale --kubeconfig'],
  ['meshdoc diagnose stale we', 'meshdoc diagnose stale web-1'],
  ['meshdoc diagnose stale deploy/', 'meshdoc diagnose stale deploy/checkout'],
  ['meshdoc diagnose --output=ti', 'meshdoc diagnose --output=ticket'],
  ['meshdoc diagnose --context arn:aws:', `meshdoc diagnose --context ${eks}`],
  ['meshdoc diagnose --context=ar', `meshdoc diagnose --context=${eks}`],
  ['meshdoc diagnose --from ca', 'meshdoc diagnose --from case.tgz'],
];

describe.each(Object.entries(shells))('%s', (shell, { file, rc, argv }) => {
  let home: Home;
  let terminal: Terminal;

  beforeAll(async () => {
    home = makeHome(kubeconfig);
    home.write(file, (await cli(['completion', shell])).out);
    home.write(rc[0], rc[1]);
    home.write('case.tgz', '');
    terminal = await openTerminal(argv, home);
    // Nothing but the prompt: no complaint from the script.
    expect((await terminal.screen(/^\$/m)).trim()).toBe('$');
  });
  afterAll(() => terminal.close());

  test.each(lines)('%s', async (typed, wanted) => {
    await terminal.press('C-u');
    await terminal.press('C-l');
    await terminal.type(typed);
    await terminal.press('Tab');
    const after = new RegExp(`^\\$ ${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} *$`, 'm');
    expect(await terminal.screen(after)).toMatch(after);
  });

  test('deploy/ goes on without a blank', async () => {
    await terminal.press('C-u');
    await terminal.press('C-l');
    await terminal.type('meshdoc diagnose stale dep');
    await terminal.press('Tab');
    await terminal.screen(/deploy\//);
    await terminal.type('x');
    expect(await terminal.screen(/deploy\/ *x/)).toMatch(/deploy\/x/);
  });

  test('several: all of them are shown', async () => {
    await terminal.press('C-u');
    await terminal.press('C-l');
    await terminal.type('meshdoc diagnose -o ');
    await terminal.press('Tab', 'Tab');
    const all = /^(?=[^]*jira)(?=[^]*json)(?=[^]*short)(?=[^]*slack)/;
    expect(await terminal.screen(all)).toMatch(all);
  });
});
