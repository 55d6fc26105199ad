import { expect, test } from 'vitest';
import { meshdoc, shell } from '../../src/core/command.ts';
import { putBack, replacePod } from '../../src/core/fix.ts';
import { restartNamed } from '../../src/core/renew.ts';

const pod = { namespace: 'shop', name: 'web-1' };
const verify = meshdoc`diagnose stale shop/web-1`;

test('a pod that a controller makes again is replaced', () => {
  const fix = replacePod(pod, { kind: 'Deployment', name: 'web' }, verify);
  expect(shell(fix.run)).toBe('kubectl delete pod web-1 -n shop');
  expect(fix.touches).toContain('Deployment web starts another');
});

test('a pod of its own is never deleted by a fix: nothing would bring it back', () => {
  for (const fix of [
    replacePod(pod, { kind: 'Pod', name: 'web-1' }, verify),
    restartNamed('Pod', 'web-1', 'shop', verify),
  ]) {
    expect(fix.risk).toBe('reads');
    expect(shell(fix.run)).toBe('kubectl get pod web-1 -n shop -o yaml');
  }
});

test('an object is put back as it was written, without what the server added', () => {
  const metadata = { name: 'a', namespace: 'shop', uid: 'u', generation: 4, labels: { x: 'y' } };
  const undo = putBack({ apiVersion: 'v1', kind: 'K', metadata, spec: { a: 1 }, status: { b: 2 } });
  expect('run' in undo && JSON.parse(undo.run.stdin ?? '')).toEqual({
    apiVersion: 'v1',
    kind: 'K',
    metadata: { name: 'a', namespace: 'shop', labels: { x: 'y' } },
    spec: { a: 1 },
  });
});

test('an object with a hidden part is not printed as an undo', () => {
  const spec = { token: '[hidden #1]' };
  const undo = putBack({ apiVersion: 'v1', kind: 'K', metadata: { name: 'a' }, spec });
  expect(undo).toHaveProperty('because');
});

test.each([
  ['Deployment', 'kubectl rollout restart deployment/web -n shop'],
  ['StatefulSet', 'kubectl rollout restart statefulset/web -n shop'],
  ['DaemonSet', 'kubectl rollout restart daemonset/web -n shop'],
  ['Rollout', 'kubectl argo rollouts restart web -n shop'],
  ['ReplicaSet', 'kubectl delete pod web-1 -n shop'],
  ['Job', 'kubectl get job web -n shop -o yaml'],
  ['CronJob', 'kubectl get cronjob/web -n shop'],
  ['Cluster', 'kubectl get cluster web -n shop -o yaml'],
])('new pods of a %s come by its own way', (kind, command) => {
  expect(shell(restartNamed(kind, 'web', 'shop', verify, ['web-1']).run)).toBe(command);
});
