import { writeFile } from 'node:fs/promises';
import { HOST_IP, inState } from './paths.ts';
import { sh } from './sh.ts';

export const pki = {
  ca: inState('pki', 'ca.crt'),
  caKey: inState('pki', 'ca.key'),
  cert: inState('pki', 'server.crt'),
  key: inState('pki', 'server.key'),
  serviceAccountKey: inState('pki', 'sa.key'),
};

const openssl = (...args: string[]): Promise<string> => sh(['openssl', ...args]);

/** Writes a self-signed CA certificate and its key. */
export async function makeCa(subject: string, cert: string, key: string): Promise<void> {
  const selfSigned = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30'];
  await openssl(...selfSigned, '-subj', subject, '-keyout', key, '-out', cert);
}

/** One CA and one serving certificate for the API server and the kubelet, new at each `up`. */
export async function makePki(): Promise<void> {
  await makeCa('/CN=lab-ca', pki.ca, pki.caKey);
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];
  const alt = [
    ...names.map((name) => `DNS:${name}`),
    `IP:${HOST_IP}`,
    'IP:127.0.0.1',
    'IP:10.96.0.1',
  ];
  const request = inState('pki', 'server.csr');
  const extensions = inState('pki', 'server.ext');
  await writeFile(extensions, `subjectAltName=${alt.join(',')}\nextendedKeyUsage=serverAuth\n`);
  await openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=kube-apiserver'],
    ...['-keyout', pki.key, '-out', request],
  );
  await openssl(
    ...['x509', '-req', '-in', request, '-CA', pki.ca, '-CAkey', pki.caKey, '-CAcreateserial'],
    ...['-days', '30', '-extfile', extensions, '-out', pki.cert],
  );
  await openssl('genrsa', '-out', pki.serviceAccountKey, '2048');
}
