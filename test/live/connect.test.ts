// What is refused before anything is asked.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/live/connect.ts';
import { kubeconfigText, scratch } from '../helpers/fake-apiserver/index.ts';
import { liveOptions } from './open.ts';

describe('what connect refuses', () => {
  const of = (parts: object) => {
    const file = join(scratch(), 'config');
    writeFileSync(file, kubeconfigText({ server: 'https://127.0.0.1:1', ...parts }));
    return file;
  };

  test('groups without a user to impersonate', async () => {
    const connected = await connect(liveOptions({ kubeconfig: of({}), asGroups: ['ops'] }));
    expect(connected).toMatchObject({
      failure: { why: 'usage', says: '--as-group and --as-uid need --as' },
    });
  });

  test('a CA or a client certificate that is missing or no PEM', async () => {
    const missing = of({ cluster: { 'certificate-authority': '/nonexistent/ca' } });
    expect(await connect(liveOptions({ kubeconfig: missing }))).toMatchObject({
      failure: {
        why: 'usage',
        says: 'the certificate authority /nonexistent/ca named in the kubeconfig cannot be read',
      },
    });
    const garbage = of({ user: { 'client-certificate-data': 'eA==', 'client-key-data': 'eA==' } });
    expect(await connect(liveOptions({ kubeconfig: garbage }))).toMatchObject({
      failure: { why: 'unauthenticated', says: expect.stringContaining('the client certificate') },
    });
  });

  test('an auth provider that Kubernetes has removed', async () => {
    const kubeconfig = of({ user: { 'auth-provider': { name: 'gcp' } } });
    expect(await connect(liveOptions({ kubeconfig }))).toMatchObject({
      failure: { why: 'unauthenticated', says: expect.stringContaining('set up its exec plugin') },
    });
  });
});
