// A list's selectors mean in a replay what they mean to an API server (apimachinery pkg/labels, pkg/fields).
import { expect, test } from 'vitest';
import { pods } from '../../src/facts/kube/kinds.ts';
import { selectObjects } from '../../src/snapshot/select.ts';

const objects = [
  { name: 'a', namespace: 'two', labels: { app: 'web', tier: 'front' } },
  { name: 'b', namespace: 'one', labels: { app: 'web' } },
  { name: 'c', namespace: 'one', labels: { app: 'db', tier: '' } },
  { name: 'd', namespace: 'one' },
].map((metadata) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  status: { phase: metadata.name === 'd' ? 'Failed' : 'Running' },
}));

const names = (more: object) =>
  selectObjects(objects, { ask: 'list', resource: pods, ...more })
    .map((o) => o.metadata.name)
    .join('');

test.each([
  ['', 'bcda'],
  ['app=web', 'ba'],
  ['app==web', 'ba'],
  ['app!=web', 'cd'],
  ['app=web,tier=front', 'a'],
  ['tier', 'ca'],
  ['!tier', 'bd'],
  ['app in (web,db)', 'bca'],
  ['app notin (web)', 'cd'],
  ['app in (web,db),tier', 'ca'],
  ['tier=', 'c'],
])('labels %j', (labels, found) => {
  expect(names({ labels })).toBe(found);
});

test.each([
  ['status.phase=Running', 'bca'],
  ['status.phase!=Running', 'd'],
  ['metadata.name=b', 'b'],
  ['metadata.namespace=one,status.phase=Running', 'bc'],
])('fields %j', (fields, found) => {
  expect(names({ fields })).toBe(found);
});

test('a namespace, and the order of the server', () => {
  expect(names({ namespace: 'one' })).toBe('bcd');
  expect(names({ namespace: 'none' })).toBe('');
});

test.each([
  ['a source', { source: { component: 'x' } }],
  ['a reporting component', { reportingComponent: 'x' }],
])('an event whose reporter is %s', (_, reported) => {
  const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'one' } };
  const found = (fields: string) =>
    selectObjects([{ ...event, ...reported }], {
      ask: 'list',
      resource: { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
      fields,
    });
  expect(found('source=x')).toHaveLength(1);
  expect(found('source=y')).toHaveLength(0);
});
