// Names of things in a cluster stay in its objects, and what only looks like one of them, or like a sentence, is hidden.
import { describe, expect, it, test } from 'vitest';
import { createRedact } from '../../src/guard/redact.ts';
import { object, text } from './samples.ts';

const HEX = '0a7b2c9d4e6f18b3'.repeat(2);
const MIXED = ['Zq8', 'Vw2', 'Lk9', 'Rt5'].join('');
const WORDS = ['sword', 'fish rally'].join('');

describe('an object keeps', () => {
  test.each(['pypi-server-5fcd744f86-9x77p', 'sk-admin-portal-0', `key-${HEX}`, `dapi${HEX}`])(
    'the name %s',
    async (name) => {
      const pod = {
        metadata: {
          name,
          namespace: name,
          labels: { app: name.slice(0, 20), 'istio.io/rev': 'v1.0-20260701-abcdef01' },
          ownerReferences: [{ kind: 'ReplicaSet', name }],
        },
        spec: {
          nodeName: name,
          serviceAccountName: name,
          volumes: [{ name: 'a', secret: { secretName: name } }],
        },
      };
      expect(await object('Pod', pod)).toMatchObject(pod);
      const event = { involvedObject: { kind: 'Pod', name, namespace: 'shop' } };
      expect(await object('Event', event)).toMatchObject(event);
    },
  );

  test.each([
    ['session', 'blue7'],
    ['auth', 'v2'],
    ['token', 'issuer'],
    ['app.kubernetes.io/session', 'web-1'],
  ])('the label %s: %s', async (key, value) => {
    const labels = { [key]: value };
    const rest = {
      metadata: { name: 'x', labels },
      spec: {
        selector: {
          matchLabels: labels,
          matchExpressions: [{ key, operator: 'In', values: [value] }],
        },
        template: { metadata: { labels } },
        subsets: [{ name: 'a', labels }],
      },
    };
    expect(await object('Deployment', rest)).toMatchObject(rest);
    const service = { spec: { selector: labels } };
    expect(await object('Service', service)).toMatchObject(service);
  });
});

describe('an object does not keep', () => {
  test.each([
    { metadata: { name: 'x', labels: { password: 'swordfish' } } },
    { metadata: { name: 'x', labels: { token: MIXED } } },
    { metadata: { name: 'x', labels: { token: MIXED.toLowerCase() } } },
    { metadata: { name: 'x', labels: { app: `gh${'p_'}${MIXED.repeat(3)}` } } },
    { spec: { selector: { matchExpressions: [{ key: 'token', values: [MIXED, 'a'] }] } } },
    { metadata: { name: 'x', annotations: { name: `dapi${HEX}` } } },
    { spec: { containers: [{ name: 'a', env: [{ name: 'APP', value: `dapi${HEX}` }] }] } },
    { spec: { config: { name: `dapi${HEX}` }, patch: { value: { name: `dapi${HEX}` } } } },
  ])('%j', async (rest) => {
    const shown = JSON.stringify(await object('Pod', rest));
    for (const secret of [MIXED, MIXED.toLowerCase(), HEX, 'swordfish'])
      expect(shown).not.toContain(secret);
  });
});

describe('what is no sentence is hidden', () => {
  test.each([
    [`password: no one knows`, 'no one'],
    [`password: not found ${MIXED}`, 'not found'],
    [`"password": "failed to ${MIXED}"`, MIXED],
    [`got {"token":"cannot be ${MIXED}"}`, MIXED],
    [`login with password: open ${WORDS}`, 'open'],
    [`login failed with password: nobody knows`, 'nobody'],
    [`token=failed ${MIXED}`, 'failed'],
    [`secret "db-token": ${MIXED}`, MIXED],
    [`secret "db-password": swordfish`, 'swordfish'],
    [`volume "db-token" : ${MIXED} is wrong`, MIXED],
    [`the "password": not mine at all`, 'not mine'],
    [`with pin:8080`, '8080'],
    [`user-pin:4827`, '4827'],
    [`user-auth:482736`, '482736'],
    [`x-auth-token:48273`, '48273'],
    [`password=10.244.1.7`, '10.244.1.7'],
    [`authorization: denied`, 'denied'],
    [`got authorization: denied ${MIXED}`, MIXED],
    [`PASS: Test1234`, 'Test1234'],
  ])('%s', async (line, secret) => {
    expect(await text(line)).not.toContain(secret);
  });
});

it('reads what stands in brackets once, however many open', () => {
  const inner = `{"value":"${MIXED}"}`;
  for (const part of [
    '"password":{',
    '"password":[',
    '"token":[[hidden #1],',
    '"authorization":{',
  ]) {
    const many = part.repeat(4_000);
    for (const from of [0, 30_000, 36_000, 47_000]) {
      const line = `${many.slice(from)}"token":["${MIXED}"],"password":${inner}`;
      expect(createRedact().text(line)).not.toContain(MIXED);
    }
    const start = performance.now();
    createRedact().text(part.repeat(200_000 / part.length));
    expect(performance.now() - start).toBeLessThan(1_500);
  }
});
