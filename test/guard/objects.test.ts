// What is hidden in Kubernetes objects, field by field.
import { describe, expect, it } from 'vitest';
import { CANARY, JWT, object, PEM_CERT, PEM_KEY, through } from './samples.ts';

describe('objects', () => {
  it('keeps keys and sizes of a Secret', async () => {
    const secret = await object('Secret', {
      data: { 'tls.key': Buffer.from(CANARY).toString('base64') },
      stringData: { a: 'four' },
    });
    expect(secret).toMatchObject({
      data: { 'tls.key': `[hidden, ${CANARY.length} bytes]` },
      stringData: { a: '[hidden, 4 bytes]' },
    });
  });

  it('hides what looks like a credential in a ConfigMap', async () => {
    const kubeconfig = `apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user: {client-key-data: ${CANARY}}`;
    const { data } = await object('ConfigMap', {
      data: {
        'db.password': CANARY,
        'token.txt': 'abcd',
        config: kubeconfig,
        app: `url=http://u:${CANARY}@h/\nlevel=info`,
        pair: `${PEM_CERT}\n${PEM_KEY}`,
      },
    });
    expect(data).toEqual({
      'db.password': `[hidden, ${CANARY.length} bytes]`,
      'token.txt': '[hidden, 4 bytes]',
      config: `[hidden, ${kubeconfig.length} bytes]`,
      app: 'url=http://[hidden #1]@h/\nlevel=info',
      pair: `${PEM_CERT}\n[hidden #2]`,
    });
  });

  it('keeps what a mesh says in its own ConfigMaps', async () => {
    const data = {
      mesh: 'defaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\nrootNamespace: istio-system\n',
      'root-cert.pem': PEM_CERT,
      values: '{"global":{"jwtPolicy":"third-party-jwt","imagePullSecrets":[]}}',
    };
    const map = await object('ConfigMap', { metadata: { name: 'istio' }, data });
    expect(map['data']).toBe(data);
  });

  it('keeps what a ztunnel shows of its own variables, without their prefix', async () => {
    const proxyMetadata = { CLUSTER_ID: 'cluster1', ENABLE_HBONE: 'true', DNS_CAPTURE: 'true' };
    const { spec } = await object('ProxyConfig', { spec: { proxyMetadata } });
    expect(spec).toEqual({ proxyMetadata });
    const other = await object('ProxyConfig', { spec: { proxyMetadata: { HBONE_PASS: CANARY } } });
    expect(other['spec']).toEqual({ proxyMetadata: { HBONE_PASS: '[hidden]' } });
  });

  it('keeps the line that follows a block of text', async () => {
    const mesh = (note: string) =>
      `defaultConfig:\n  proxyMetadata:\n    NOTE: ${note}\n  discoveryAddress: istiod.istio-system.svc:15012\n`;
    const { data } = await object('ConfigMap', {
      data: {
        mesh: mesh(`|\n      ${CANARY}\n      and more`),
        keep: mesh(`>-\n      ${CANARY}\n`),
      },
    });
    expect(data).toEqual({ mesh: mesh('"[hidden]"'), keep: mesh('"[hidden]"\n') });
  });

  it('keeps the names of injection templates, not their text', async () => {
    const config = `policy: enabled\nneverInjectSelector:\n  - matchLabels: {job: x}\ntemplates:\n  sidecar: |\n    a: ${CANARY}\n\n      b: 1\n  gateway: |\n    c: 2\naliases: {}\n`;
    const metadata = { name: 'istio-sidecar-injector-canary' };
    const { data } = await object('ConfigMap', { metadata, data: { config, values: '{}' } });
    expect(data).toEqual({
      config:
        'policy: enabled\nneverInjectSelector:\n  - matchLabels: {job: x}\ntemplates:\n  sidecar: |\n  gateway: |\naliases: {}\n',
      values: '{}',
    });
  });

  it('keeps what a webhook trusts: it is public', async () => {
    const caBundle = Buffer.from(`${PEM_CERT}\n${PEM_CERT}\n`).toString('base64');
    const webhooks = [{ name: 'namespace.sidecar-injector.istio.io', clientConfig: { caBundle } }];
    const kept = await object('MutatingWebhookConfiguration', { webhooks });
    expect(kept['webhooks']).toBe(webhooks);
    const data = { 'root-cert.pem': PEM_CERT };
    const root = await object('ConfigMap', { metadata: { name: 'istio-ca-root-cert' }, data });
    expect(root['data']).toBe(data);
  });

  it('reduces managedFields and drops last-applied-configuration', async () => {
    const { metadata } = await object('Pod', {
      metadata: {
        name: 'x',
        labels: { app: 'web' },
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': `{"a":"${CANARY}"}`,
          'vendor.io/api-token': CANARY,
          'vendor.io/note': `see ${JWT}`,
          'vendor.io/json': JSON.stringify({ password: CANARY, b: 1 }),
          'vault.io/token-file': '/etc/x',
          'sidecar.istio.io/status': '{"revision":"default"}',
        },
        managedFields: [
          {
            manager: 'kubectl',
            operation: 'Apply',
            time: 't',
            apiVersion: 'v1',
            fieldsV1: { a: {} },
          },
        ],
      },
    });
    expect(metadata).toEqual({
      name: 'x',
      labels: { app: 'web' },
      annotations: {
        'vendor.io/api-token': '[hidden #1]',
        'vendor.io/note': 'see [hidden #2]',
        'vendor.io/json': '{"password":"[hidden #1]","b":1}',
        'vault.io/token-file': '/etc/x',
        'sidecar.istio.io/status': '{"revision":"default"}',
      },
      managedFields: [{ manager: 'kubectl', operation: 'Apply', time: 't' }],
    });
  });

  it('keeps who asked for injection, and nothing else of what managers set', async () => {
    const set = (annotations: object) => ({
      'f:metadata': { 'f:annotations': annotations, 'f:labels': { [`f:${CANARY}`]: {} } },
      'f:spec': { [`k:{"name":"${CANARY}"}`]: {} },
    });
    const entry = { manager: 'kubectl-annotate', operation: 'Update', time: 't' };
    const { metadata } = await object('Namespace', {
      metadata: {
        name: 'x',
        managedFields: [
          { ...entry, fieldsV1: set({ 'f:linkerd.io/inject': {}, [`f:${CANARY}`]: {} }) },
          { ...entry, fieldsV1: set({ [`f:${CANARY}`]: {} }) },
        ],
      },
    });
    const kept = { 'f:metadata': { 'f:annotations': { 'f:linkerd.io/inject': {} } } };
    expect(metadata.managedFields).toEqual([{ ...entry, fieldsV1: kept }, entry]);
  });

  it('keeps the variables of the mesh only', async () => {
    const env = [
      { name: 'DB_URL', value: 'db.shop' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
      { name: 'EMPTY', value: '' },
      { name: 'CA_ADDR', value: 'istiod:15012' },
      { name: 'ISTIO_META_TOKEN', value: CANARY },
      { name: 'LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS', value: PEM_CERT },
      { name: 'LINKERD2_PROXY_IDENTITY_TOKEN_FILE', value: '/var/run/secrets/t' },
      { name: 'PROXY_CONFIG', value: `{"concurrency":2,"proxyMetadata":{"X":"${CANARY}"}}` },
    ];
    const pod = await object('Pod', { spec: { containers: [{ name: 'a', env }] } });
    expect(pod.spec).toEqual({
      containers: [
        {
          name: 'a',
          env: [
            { name: 'DB_URL', value: '[hidden]' },
            env[1],
            env[2],
            env[3],
            { name: 'ISTIO_META_TOKEN', value: '[hidden]' },
            env[5],
            env[6],
            { name: 'PROXY_CONFIG', value: '{"concurrency":2,"proxyMetadata":{"X":"[hidden]"}}' },
          ],
        },
      ],
    });
  });

  it('hides values of credential flags', async () => {
    const args = [
      'proxy',
      '--token',
      CANARY,
      `--client-secret=${CANARY}`,
      '--token',
      '--port',
      '80',
    ];
    const pod = await object('Pod', {
      spec: { args, command: ['sh', '-c', `x --password ${CANARY}`] },
    });
    expect(pod.spec).toEqual({
      args: [
        'proxy',
        '--token',
        '[hidden #1]',
        '--client-secret=[hidden #1]',
        '--token',
        '--port',
        '80',
      ],
      command: ['sh', '-c', 'x --password [hidden #1]'],
    });
  });

  it('hides credentials in headers of routes and policies, and in inline JWKS', async () => {
    const jwk = { kty: 'RSA', n: 'abc', e: 'AQAB', kid: '1' };
    const spec = {
      headers: { request: { set: { authorization: `Bearer ${CANARY}`, 'x-env': 'prod' } } },
      match: [{ headers: { cookie: { exact: `id=${CANARY}` }, 'x-user': { exact: 'jason' } } }],
      when: [{ key: 'request.headers[authorization]', values: [`Bearer ${CANARY}`] }],
      add: [{ name: 'X-Api-Key', value: CANARY }],
      jwks: JSON.stringify({ keys: [{ ...jwk, d: CANARY, p: CANARY }] }),
    };
    const { spec: safe } = await object('VirtualService', { spec });
    expect(safe).toEqual({
      headers: { request: { set: { authorization: '[hidden #1]', 'x-env': 'prod' } } },
      match: [{ headers: { cookie: { exact: '[hidden #2]' }, 'x-user': { exact: 'jason' } } }],
      when: [{ key: 'request.headers[authorization]', values: ['[hidden #1]'] }],
      add: [{ name: 'X-Api-Key', value: '[hidden #1]' }],
      jwks: JSON.stringify({ keys: [{ ...jwk, d: '[hidden #1]', p: '[hidden #1]' }] }),
    });
  });

  it('guards each item of a list, and names the kind an item left out', async () => {
    const resource = {
      group: 'x',
      version: 'v1',
      plural: 'things',
      kind: 'ConfigMap',
      namespaced: true,
    };
    const item = { apiVersion: 'v1', metadata: { name: 'a' }, data: { password: CANARY } };
    const listed = await through({ ask: 'list', resource }, { items: [item as never], more: true });
    expect(listed).toEqual({
      more: true,
      items: [
        { ...item, kind: 'ConfigMap', data: { password: `[hidden, ${CANARY.length} bytes]` } },
      ],
    });
  });
});
