// What a real proxy logged while the issuer was expired; see test/tools/README.md.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { issuerView } from '../../../../runbooks/linkerd/linkerd-identity/issuer.ts';
import { readConfig } from '../../../../src/facts/linkerd/config.ts';
import { readTrouble } from '../../../../src/facts/linkerd/identity/proxy-log.ts';
import { readCertificates } from '../../../../src/model/certificates/x509.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../../../tools/linkerd/edge-26.8.3/${name}`, import.meta.url), 'utf8');
const lines = (name: string): readonly string[] => recorded(name).trimEnd().split('\n');

describe('the log of a proxy', () => {
  it('says why it has no certificate: the one of identity has expired', () => {
    const { failure, waiting } = readTrouble(lines('proxy-log-issuer-expired.txt'));
    expect(failure).toMatchObject({ because: 'expired', bound: 1_795_273_700_000 });
    expect(failure?.line).toContain('invalid peer certificate: certificate expired');
    expect(waiting).toContain('Waiting for identity to be initialized...');
  });

  it('says so too when identity still answers, and signs nothing', () => {
    const { failure } = readTrouble(lines('proxy-log-issuer-expired-refused.txt'));
    expect(failure?.because).toBe('refused');
  });

  it('says that it trusts another anchor of the same name', () => {
    const { failure } = readTrouble(lines('proxy-log-foreign-anchors.txt'));
    expect(failure).toMatchObject({ because: 'unknown-issuer' });
    expect(failure?.line).toContain('BadSignature');
  });

  it('only looks out of reach when identity sends it away with its expired certificate', () => {
    const { failure } = readTrouble(lines('proxy-log-leaf-expired.txt'));
    expect(failure?.because).toBe('unreachable');
    expect(failure?.line).toMatch(/: connection error.*BrokenPipe/);
  });

  it('is not its own trouble when another peer presents an expired certificate', () => {
    expect(readTrouble(lines('proxy-log-peer-expired.txt')).failure).toBeUndefined();
    expect(lines('proxy-log-peer-expired.txt').join()).toContain('certificate expired');
  });
});

describe('the issuer that the values of the install hold', () => {
  const [inUse] = readCertificates(recorded('issuer-in-use.pem'));
  const [leaf] = readCertificates(recorded('tls-4191-chain.pem'));
  const view = (crtPEM: string) => {
    if (!inUse || !leaf) throw new Error('no certificates');
    return issuerView({
      presented: [{ is: 'presented', leaf, issuers: [inUse], now: inUse.until }],
      config: readConfig(stringify({ identity: { issuer: { tls: { crtPEM } } } })),
      managed: [],
      running: [inUse.until],
    });
  };

  it('is no newer one when it was made before the one in use, though it ends later', () => {
    expect(view(recorded('issuer-of-the-values.pem')).newer).toBeUndefined();
  });
});
