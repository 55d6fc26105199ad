// What is refused before anything is asked.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/live/connect.ts';
import { kubeconfigText, scratch } from '../helpers/fake-apiserver/index.ts';
import { ask, later, liveOptions } from './open.ts';

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
        says: 'the certificate authority named in the kubeconfig cannot be read: /nonexistent/ca is not there',
      },
    });
    const garbage = of({ user: { 'client-certificate-data': 'eA==', 'client-key-data': 'eA==' } });
    expect(await connect(liveOptions({ kubeconfig: garbage }))).toMatchObject({
      failure: { why: 'unauthenticated', says: expect.stringContaining('the client certificate') },
    });
  });

  test('a file that has no end', async () => {
    const pipe = join(scratch(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const endless of ['/dev/zero', pipe]) {
      const ca = of({ cluster: { 'certificate-authority': endless } });
      const says = `the certificate authority named in the kubeconfig cannot be read: ${endless} is not a plain file`;
      expect(await connect(liveOptions({ kubeconfig: ca }))).toMatchObject({ failure: { says } });
      const cert = of({ user: { 'client-certificate': endless, 'client-key': endless } });
      expect(await connect(liveOptions({ kubeconfig: cert }))).toMatchObject({
        failure: { says: expect.stringContaining('is not a plain file') },
      });
      const token = await connect(
        liveOptions({ kubeconfig: of({ user: { tokenFile: endless } }) }),
      );
      if (!token.ok) throw new Error(token.failure.says);
      later(() => {
        token.value.close();
      });
      expect(await ask(token.value, { ask: 'server' })).toMatchObject({
        why: 'unauthenticated',
        detail: `cannot read the token file ${endless}`,
      });
    }
  });

  test('an auth provider that Kubernetes has removed', async () => {
    const kubeconfig = of({ user: { 'auth-provider': { name: 'gcp' } } });
    expect(await connect(liveOptions({ kubeconfig }))).toMatchObject({
      failure: { why: 'unauthenticated', says: expect.stringContaining('set up its exec plugin') },
    });
  });
});
