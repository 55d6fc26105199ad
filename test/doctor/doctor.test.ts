// `meshdoc doctor` against API servers that are well, forbid, are frozen, lie about the time, or are somebody else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { schemas } from '../../src/cli/schemas.ts';
import { cli } from '../helpers/fake-io.ts';
import {
  FakeApiServer,
  makeCertificate,
  scratch,
  writeKubeconfig,
  type FakeObject,
  type FakeOptions,
} from '../helpers/fake-apiserver/index.ts';
import { checker } from '../helpers/schema.ts';

const open: FakeApiServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const istiod: FakeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'istiod-1', namespace: 'istio-system', labels: { app: 'istiod' } },
  spec: { containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.31.1' }] },
  status: { phase: 'Running' },
};
const resources = ['v1/events', 'v1/namespaces', 'apps/v1/deployments'];

async function serve(options: FakeOptions = {}): Promise<FakeApiServer> {
  const server = await FakeApiServer.start({ objects: [istiod], resources, ...options });
  open.push(server);
  return server;
}

type Document = {
  readonly exitCode: number;
  readonly checks: readonly { id: string; state: string; says: string; todo?: string }[];
  readonly permissions: readonly {
    runbook: string;
    state: string;
    rights: number;
    missing: readonly { verb: string; resource: string; namespace?: string }[];
    because?: string;
  }[];
  readonly grant?: string;
};

const wrong = checker(schemas['json/doctor']);

async function examined(kubeconfig: string, ...argv: readonly string[]) {
  const flags = ['--kubeconfig', kubeconfig, '-o', 'json'];
  const { code, out, err } = await cli(['doctor', ...argv, ...flags], { env: { PATH: '' } });
  expect(err).toBe('');
  const document = JSON.parse(out) as Document;
  expect(wrong(document)).toEqual([]);
  expect(document.exitCode).toBe(code);
  const check = (id: string) => document.checks.find((one) => one.id === id);
  return { code, document, check };
}

function configFor(
  server: FakeApiServer,
  more: Parameters<typeof writeKubeconfig>[0] | object = {},
) {
  return writeKubeconfig({ server: server.url, ca: server.ca, ...more });
}

describe('a server that answers', () => {
  test('all is well but for kubectl, which is not on this PATH', async () => {
    const server = await serve({
      reviews: { user: 'anna', groups: ['sre', 'system:authenticated'] },
    });
    const { code, document, check } = await examined(configFor(server), 'stale');
    expect(code).toBe(0);
    // How fast a busy machine answers is not what this is about.
    const unwell = document.checks.filter(({ id, state }) => state !== 'ok' && id !== 'server');
    expect(unwell.map(({ id }) => id)).toEqual(['kubectl']);
    expect(check('identity')?.says).toBe('anna, of sre');
    expect(check('server')?.says).toMatch(/^Kubernetes v1\.33\.4, answered in \d+ ms$/);
    expect(document.permissions).toMatchObject([{ runbook: 'stale', state: 'ok', missing: [] }]);
  });

  test('nothing but reads and reviews of ourselves is asked', async () => {
    const server = await serve();
    await examined(configFor(server));
    const posts = server.requests.filter(({ verb }) => verb !== 'GET').map(({ path }) => path);
    expect(new Set(posts)).toEqual(
      new Set([
        '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      ]),
    );
  });

  test('what is not allowed is named for each runbook, with the command that gives it', async () => {
    const server = await serve({
      reviews: {
        user: 'anna',
        allows: ({ resource, subresource, verb }) =>
          !(resource === 'pods' && subresource === 'portforward' && verb === 'create'),
      },
    });
    const { code, document } = await examined(
      configFor(server),
      'stale',
      'injection',
      '-n',
      'shop',
    );
    expect(code).toBe(3);
    const [injection, stale] = [...document.permissions].sort((a, b) =>
      a.runbook < b.runbook ? -1 : 1,
    );
    expect(injection).toMatchObject({ runbook: 'injection', state: 'ok' });
    expect(stale?.missing).toEqual([
      { verb: 'create', resource: 'pods/portforward', namespace: 'istio-system' },
      { verb: 'create', resource: 'pods/portforward', namespace: 'shop' },
    ]);
    expect(document.grant).toContain('access stale -n shop --user anna | kubectl');
  });

  test('a complete list of rules answers for its namespace: no right of it is asked about again', async () => {
    const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
    const server = await serve({ reviews: { rules: () => everything, allows: () => false } });
    const { document } = await examined(configFor(server), 'stale');
    const missing = document.permissions[0]?.missing ?? [];
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.filter(({ namespace }) => namespace !== undefined)).toEqual([]);
  });

  test('a rule for one object gives no right to the others', async () => {
    const rules = [
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['web-1'] },
      { verbs: ['get'], apiGroups: [''], resources: ['pods/log', 'services'] },
    ];
    const server = await serve({ reviews: { rules: () => rules } });
    const { document } = await examined(configFor(server), 'stale');
    const missing = document.permissions[0]?.missing.map(
      ({ verb, resource, namespace }) => `${verb} ${resource} ${namespace ?? ''}`,
    );
    expect(missing).toContain('get pods default');
    expect(missing).not.toContain('get pods/log default');
    expect(missing).not.toContain('get services default');
  });

  test('runbooks of a mesh that is not there are not asked about, unless they are named', async () => {
    const server = await serve();
    const { document } = await examined(configFor(server));
    const linkerd = document.permissions.filter(({ runbook }) => runbook.startsWith('linkerd-'));
    expect(linkerd.map(({ because }) => because)).toEqual(
      linkerd.map(() => 'not needed: linkerd was not found here'),
    );
    const { document: named } = await examined(configFor(server), 'linkerd-policy');
    expect(named.permissions[0]?.rights).toBeGreaterThan(10);
  });

  test('a server that may not be asked about rights leaves them unknown: exit 4', async () => {
    const server = await serve({
      fault: ({ verb }) => (verb === 'POST' ? { status: 403 } : undefined),
    });
    const { code, document, check } = await examined(configFor(server), 'stale');
    expect(code).toBe(4);
    expect(document.permissions[0]?.state).toBe('not-checked');
    expect(check('identity')?.says).toBe('may not create selfsubjectreviews');
  });

  test('a clock that is off is told, with how far', async () => {
    const server = await serve({ ahead: 600_000 });
    const { code, check } = await examined(configFor(server), 'stale');
    expect(code).toBe(0);
    expect(check('clock')?.state).toBe('warning');
    expect(check('clock')?.says).toMatch(/^this machine is (10m|9m5\ds|10m\ds) behind the server/);
  });

  test('access --check is the table of permissions alone', async () => {
    const server = await serve({ reviews: { allows: () => false } });
    const argv = ['access', '--check', 'stale', '--kubeconfig', configFor(server)];
    const { code, out } = await cli(argv, { env: { PATH: '' } });
    expect(code).toBe(3);
    expect(out).toContain('stale');
    expect(out).not.toMatch(/kubeconfig {2}|identity|clock/);
    expect(out).toMatch(/^Permissions/);
  });
});

describe('a server that does not', () => {
  test('frozen: its deadline is paid once, and nothing else is waited for', async () => {
    const server = await serve({ fault: () => 'hang' });
    const { code, document, check } = await examined(
      configFor(server),
      ...['--request-timeout', '500ms'],
    );
    expect(code).toBe(5);
    expect(check('server')?.state).toBe('failed');
    expect(document.permissions).toEqual([]);
    // No second round: at most what eight connections carry at once.
    expect(server.requests.length).toBeLessThanOrEqual(8);
  });

  test('credentials that are not accepted', async () => {
    const server = await serve({ fault: () => ({ status: 401 }) });
    const { code, check } = await examined(configFor(server));
    expect(code).toBe(5);
    expect(check('server')?.todo).toMatch(/^log in again/);
  });

  test('a certificate of somebody else is shown, and nothing is sent to them', async () => {
    const server = await serve();
    const { cert } = await makeCertificate('another CA');
    const { code, check } = await examined(writeKubeconfig({ server: server.url, ca: cert }));
    expect(code).toBe(5);
    expect(check('server')?.says).toContain(
      'what answers shows a certificate for CN=fake apiserver, issued by CN=fake apiserver',
    );
    expect(check('server')?.todo).toContain('a proxy that opens TLS');
    expect(server.requests).toEqual([]);
  });
});

describe('before anything is asked', () => {
  test('a file that is named and missing is exit 2, and a context that does not exist', async () => {
    const missing = await examined('/nonexistent/config');
    expect(missing.code).toBe(2);
    expect(missing.check('kubeconfig')?.says).toBe(
      '--kubeconfig: there is no file /nonexistent/config',
    );
    const server = await serve();
    const other = await examined(configFor(server), '--context', 'prod');
    expect(other.code).toBe(2);
    expect(other.check('kubeconfig')?.says).toContain('no context named prod');
  });

  test('the list of $KUBECONFIG, with what is not there', async () => {
    const server = await serve();
    const KUBECONFIG = `/nonexistent/config:${configFor(server, { context: { namespace: 'shop' } })}`;
    const { code, out } = await cli(['doctor', 'stale', '-o', 'json'], {
      env: { PATH: '', KUBECONFIG },
    });
    expect(code).toBe(0);
    const { checks } = JSON.parse(out) as Document;
    expect(checks[0]).toMatchObject({ id: 'kubeconfig', state: 'warning' });
    expect(checks[0]?.says).toContain('1 file of the list is not there: /nonexistent/config');
    expect(checks[1]?.says).toContain('namespace shop (the context)');
  });

  test('a key beside a client certificate stays where it is', async () => {
    const server = await serve();
    const { cert, key } = await makeCertificate('anna');
    const both = join(scratch(), 'client.pem');
    writeFileSync(both, `${key}\n${cert}`);
    const user = { 'client-certificate': both, 'client-key': both };
    const { document, check } = await examined(configFor(server, { user }), 'stale');
    expect(check('credential')?.says).toContain('CN=anna, good until ');
    const secret = key.split('\n')[1] ?? '';
    expect(secret.length).toBeGreaterThan(20);
    expect(JSON.stringify(document)).not.toContain(secret);
  });

  test('the password of a proxy is not shown', async () => {
    const server = await serve();
    const cluster = { 'proxy-url': 'http://anna:hunter2@127.0.0.1:9' };
    const { document, check } = await examined(configFor(server, { cluster }));
    expect(check('proxy')?.says).toBe('http://127.0.0.1:9 (proxy-url in the kubeconfig)');
    expect(JSON.stringify(document)).not.toContain('hunter2');
  });

  test('a runbook that does not exist is exit 2 on one line', async () => {
    const { code, out, err } = await cli(['doctor', 'stael'], { env: { PATH: '' } });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('meshdoc: there is no runbook "stael"; did you mean stale?\n');
  });
});

test('nobody: a count for each runbook, and the rights only with --verbose', async () => {
  const server = await serve({ reviews: { allows: () => false } });
  const argv = ['doctor', '--kubeconfig', configFor(server)];
  const { out } = await cli(argv, { env: { PATH: '' } });
  expect(out).toMatch(/^FAILED {7}stale {14}(\d+) of \1 missing$/m);
  expect(out).toMatch(/^--verbose lists every right\.$/m);
  expect(out).not.toMatch(/; and \d+ more|get pods/);
  expect(out.split('\n').length).toBeLessThan(40);
  const all = await cli([...argv, '--verbose'], { env: { PATH: '' } });
  expect(all.out).toMatch(/missing: .*get /);
  expect(all.out).not.toContain('--verbose lists');
});

test('as a person reads it', async () => {
  const server = await serve({
    reviews: { user: 'anna', allows: ({ resource }) => resource !== 'nodes' },
  });
  const argv = ['doctor', 'oom', '--kubeconfig', configFor(server)];
  const { out } = await cli(argv, { env: { PATH: '' } });
  expect(out).toMatch(/^ok {11}kubeconfig {9}\//);
  expect(out).toMatch(/^FAILED {7}oom {16}1 of \d+ missing: get nodes$/m);
  expect(out).toMatch(/^ {4}meshdoc .*access oom -n default --user anna \| kubectl .*apply -f -$/m);
  expect(out).toMatch(/^1 failed and \d warnings?, \d+ ok\.$/m);
});
