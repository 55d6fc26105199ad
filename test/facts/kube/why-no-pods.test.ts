// A workload without pods says why in its own object, or in an event.
import { expect, test } from 'vitest';
import { answered, failed, type Ports } from '../../../src/core/ports.ts';
import { whyNoPods } from '../../../src/facts/kube/why-no-pods.ts';
import { never } from './world.ts';

const quota = 'pods "web-5c4d8-" is forbidden: exceeded quota: small, requested: pods=1';
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { namespace: 'shop', name: 'web.1' },
  involvedObject: { kind: 'StatefulSet', name: 'web' },
  reason: 'FailedCreate',
  message: `create Pod web-0 in StatefulSet web failed error: ${quota}`,
};

const asking = (reply: unknown) =>
  ({ ask: () => Promise.resolve(reply), clock: { now: () => 0 } }) as unknown as Ports;
const made = (kind: string, more: object) =>
  ({ apiVersion: 'apps/v1', kind, metadata: { namespace: 'shop', name: 'web' }, ...more }) as never;

const said = 'the API server refuses them: exceeded quota: small, requested: pods=1';
const failure = { conditions: [{ type: 'ReplicaFailure', status: 'True', message: quota }] };
const found = asking(answered({ items: [event], more: false }));
const denied = asking(failed('forbidden', 'may not'));

test.each([
  ['none is wanted', denied, made('Deployment', { spec: { replicas: 0 } }), 'it is scaled to 0'],
  ['its condition tells', denied, made('Deployment', { status: failure }), said],
  ['an event tells', found, made('StatefulSet', {}), said],
  ['events may not be read', denied, made('StatefulSet', {}), undefined],
])('%s', async (_, ports, object, why) => {
  expect(await whyNoPods(ports, object, never)).toBe(why);
});
