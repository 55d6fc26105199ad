import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafState, SKEW_MS } from '../../../../runbooks/linkerd/linkerd-identity/leaf.ts';
import { readLog } from '../../../../src/facts/linkerd/identity/identity-log.ts';
import { issuerView } from '../../../../runbooks/linkerd/linkerd-identity/issuer.ts';
import { readCertificates, type Certificate } from '../../../../src/model/certificates/x509.ts';

const { rows } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'issuercerts.json'), 'utf8'),
) as { readonly rows: readonly { readonly anchors: string; readonly issuer: string }[] };
const [one] = readCertificates(rows[0]?.issuer ?? '') as [Certificate];
const [root] = readCertificates(rows[0]?.anchors ?? '') as [Certificate];
const DAY_MS = 86_400_000;
/** As identity makes one at 0 (linkerd2 pkg/tls/ca.go Window). */
const leaf: Certificate = { ...one, from: -SKEW_MS, until: DAY_MS + SKEW_MS };

describe('leafState', () => {
  it('is fine until the second attempt to renew it was missed', () => {
    expect(leafState(leaf, 0)).toBe('fine');
    expect(leafState(leaf, 0.7 * DAY_MS)).toBe('fine');
    expect(leafState(leaf, 0.9 * DAY_MS)).toBe('fine');
    expect(leafState(leaf, 0.92 * DAY_MS)).toBe('overdue');
    expect(leafState(leaf, DAY_MS + SKEW_MS + 1)).toBe('expired');
    expect(leafState(leaf, -SKEW_MS - 1)).toBe('early');
  });

  it('only gets worse as time goes on', () => {
    const order = ['early', 'fine', 'overdue', 'expired'];
    const time = fc.integer({ min: -DAY_MS, max: 3 * DAY_MS });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)].map((now) =>
          order.indexOf(leafState(leaf, now)),
        ) as [number, number];
        expect(first).toBeLessThanOrEqual(second);
      }),
    );
  });
});

describe('issuerView', () => {
  const presented = [{ is: 'presented', leaf, issuers: [one], now: 0 }] as const;
  const nothing = { config: undefined, managed: [] };

  it('takes the issuer of the newest leaf, and says whether identity confirms it', () => {
    const view = issuerView({ ...nothing, presented, running: [one.until + 3000] });
    expect(view).toMatchObject({ current: one, confirmed: true, aheadMs: undefined });
    expect(issuerView({ ...nothing, presented, running: [] })).toMatchObject({
      current: one,
      confirmed: false,
    });
  });

  it('knows no issuer when identity signs with another one', () => {
    const view = issuerView({ ...nothing, presented, running: [one.until - 9 * DAY_MS] });
    expect(view).toMatchObject({ current: undefined, confirmed: false });
  });

  it('tells two clocks apart by what is left of one certificate', () => {
    const view = issuerView({ ...nothing, presented, running: [one.until - 600_000] });
    expect(view).toMatchObject({ current: one, aheadMs: 600_000 });
  });

  it('finds the replica that missed the change', () => {
    const running = [root.until, root.until - 90 * DAY_MS];
    const { runningUntil, newer } = issuerView({ ...nothing, presented, running });
    expect(runningUntil).toBe(root.until - 90 * DAY_MS);
    expect(newer?.until).toBe(root.until);
  });
});

// Lines as pkg/identity/service.go and controller/cmd/identity/main.go word them, in logrus' text format.
describe('readLog', () => {
  const skipped =
    'time="2026-11-21T11:00:00Z" level=warning msg="Skipping issuer update as certs could not be read from disk: failed to read CA from disk: tls: Public and private key do not match"';

  it('reads why identity ends and why it kept its issuer', () => {
    const fatal =
      'time="2026-11-21T11:00:00Z" level=fatal msg="Failed to initialize identity service: failed to verify issuer certificate: it must be an intermediate-CA, but it is not"';
    expect(readLog([fatal]).fatal).toMatch(/^Failed to initialize .* but it is not$/);
    expect(readLog([skipped]).kept).toMatch(/^Skipping issuer update .* do not match$/);
  });

  it('is calm once the issuer was updated', () => {
    const updated = 'time="2026-11-21T11:05:00Z" level=info msg="Updated identity issuer"';
    expect(readLog([skipped, updated])).toEqual({});
  });
});
