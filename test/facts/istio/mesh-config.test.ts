// Mesh configuration: as istioctl installs it, and the fields a person adds.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { meshConfigName, readMeshConfig } from '../../../src/facts/istio/mesh-config.ts';
import { root } from '../../helpers/sources.ts';

const recorded = await readFile(join(root, 'test/tools/istiod/mesh.yaml'), 'utf8');

test('as it was installed', () => {
  expect(readMeshConfig(recorded, 'elsewhere')).toMatchObject({
    rootNamespace: 'istio-system',
    trustDomain: 'cluster.local',
    trustDomainAliases: [],
    autoMtls: true,
    extensions: [],
    accessLog: { file: '/dev/stdout', encoding: 'JSON', format: '' },
    discoverySelectors: [],
  });
});

test('what a person adds', () => {
  const read = readMeshConfig(
    `trustDomain: corp.example
trustDomainAliases: [old.example]
enableAutoMtls: false
extensionProviders:
- name: guard
  envoyExtAuthzHttp: { service: guard.plain.svc.cluster.local, port: "9191", failOpen: true }
- name: opa
  envoyExtAuthzGrpc: { service: opa/opa.svc, port: 9000 }
- name: zipkin
  zipkin: { service: z, port: 9411 }
discoverySelectors:
- matchLabels: { mesh: "yes" }
`,
    'istio-system',
  );
  expect(read).toMatchObject({
    rootNamespace: 'istio-system',
    trustDomain: 'corp.example',
    trustDomainAliases: ['old.example'],
    autoMtls: false,
    accessLog: { file: '', encoding: 'TEXT' },
    discoverySelectors: [{ matchLabels: { mesh: 'yes' } }],
  });
  expect(
    read?.extensions.map(({ name, kind, port, failOpen }) => [name, kind, port, failOpen]),
  ).toEqual([
    ['guard', 'ext-authz-http', 9191, true],
    ['opa', 'ext-authz-grpc', 9000, false],
    ['zipkin', 'other', undefined, false],
  ]);
});

test.each([undefined, '', '[]', '- a', '{ unclosed', 'words'])('%j is none', (yaml) => {
  expect(readMeshConfig(yaml, 'istio-system')).toBeUndefined();
});

test('the ConfigMap of a revision', () => {
  expect([undefined, '', 'default', '1-30'].map(meshConfigName)).toEqual([
    'istio',
    'istio',
    'istio',
    'istio-1-30',
  ]);
});
