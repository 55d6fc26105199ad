// What is hidden in lines of text, and what a diagnosis needs to stay.
import { describe, expect, it } from 'vitest';
import { CANARY, JWT, KEY_BODY, PEM_CERT, PEM_KEY, text } from './samples.ts';

const basic = Buffer.from(`admin:${CANARY}`).toString('base64');
const hidden: readonly (readonly [string, string, string])[] = [
  ['a PEM key', `before\n${PEM_KEY}\nafter`, 'before\n[hidden #1]\nafter'],
  ['a PEM key on one line', `key="${PEM_KEY.replaceAll('\n', '\\n')}"`, 'key="[hidden #1]"'],
  ['a PEM key without its end', PEM_KEY.split('\n').slice(0, 3).join('\n'), '[hidden #1]'],
  [
    'a PEM key without its beginning',
    `log\n${PEM_KEY.split('\n').slice(2).join('\n')}`,
    'log\n[hidden #1]',
  ],
  ['an EC key', PEM_KEY.replaceAll('PRIVATE', 'EC PRIVATE'), '[hidden #1]'],
  ['a JWT', `token ${JWT} was refused`, 'token [hidden #1] was refused'],
  ['a JWT after an escape', `next=%3D${JWT}`, 'next=%3D[hidden #1]'],
  ['a bearer token', `authorization: Bearer ${CANARY}`, 'authorization: [hidden #1]'],
  ['bearer alone', `sent bearer ${CANARY} upstream`, 'sent bearer [hidden #1] upstream'],
  ['basic', `curl -H 'Authorization: Basic ${basic}'`, "curl -H 'Authorization: [hidden #1]'"],
  ['a header as Envoy logs it', `'cookie', 'id=${CANARY}; b=c'`, "'cookie', '[hidden #1]'"],
  ['a cookie', `set-cookie: id=${CANARY}; Path=/x`, 'set-cookie: [hidden #1]'],
  [
    'userinfo',
    `dial postgres://u:${CANARY}@db.shop:5432/x`,
    'dial postgres://[hidden #1]@db.shop:5432/x',
  ],
  [
    'a query',
    `"GET /cart?id=${CANARY}&x=ab1c HTTP/1.1"`,
    '"GET /cart?id=[hidden #1]&x=[hidden #2] HTTP/1.1"',
  ],
  ['key=value', `db_password=${CANARY} ok`, 'db_password=[hidden #1] ok'],
  ['key="value"', `apiKey="${CANARY} x" ok`, 'apiKey="[hidden #1]" ok'],
  ['an unclosed quote', `client_secret="${CANARY} x`, 'client_secret="[hidden #1]'],
  ['JSON in text', `got {\\"token\\":\\"${CANARY}\\"}`, 'got {\\"token\\":\\"[hidden #1]\\"}'],
  ['YAML', `users:\n  token: ${CANARY}\n`, 'users:\n  token: [hidden #1]\n'],
  ['a short YAML value', 'db:\n  secret: swordfish\n', 'db:\n  secret: [hidden #1]\n'],
  ['a sentence', `with token: ${CANARY}9, retrying`, 'with token: [hidden #1], retrying'],
  [
    'a flag',
    `run --client-secret ${CANARY} --port 80`,
    'run --client-secret [hidden #1] --port 80',
  ],
  ['brackets', `{user=x, token=${CANARY}}`, '{user=x, token=[hidden #1]}'],
  ['AWS', `id ${'AKIA'}${'ABCDEFGH23456789'}`, 'id [hidden #1]'],
  ['GitHub', `push ${'ghp'}_${'a1B2'.repeat(9)}`, 'push [hidden #1]'],
  ['Slack', `${'xoxb'}-1234567890-abcdef`, '[hidden #1]'],
  ['GCP', `${'AIza'}${'Sy0-_'.repeat(7)}`, '[hidden #1]'],
  ['base64 of a PEM key', Buffer.from(PEM_KEY).toString('base64'), '[hidden #1]'],
  [
    'base64 of base64',
    Buffer.from(`key ${Buffer.from(PEM_KEY).toString('base64')}`).toString('base64'),
    '[hidden #1]',
  ],
  ['base64 of a JWT', `x ${Buffer.from(`a JWT: ${JWT}`).toString('base64')}`, 'x [hidden #1]'],
];

const kept: readonly string[] = [
  PEM_CERT,
  '2026-11-21T04:19:25Z/3374080fe-3e44-4b8b-8283-f38e522c314e',
  'spiffe://cluster.local/ns/shop/sa/web 10.244.1.2:9080 fd00::1',
  'default Cert Chain ACTIVE true 7e078b14103d846e1456f37605a9754c 2026-11-22T04:13:56Z',
  `proxyv2@sha256:${'0123456789abcdef'.repeat(4)}`,
  'ADS:LDS: ACK ERROR web.shop-2 Internal:Error adding/updating listener(s) 0.0.0.0_15010',
  'failed to fetch token: open /var/run/secrets/tokens/istio-token: no such file or directory',
  'failed to fetch token: rpc error: code = Unauthenticated desc = request authenticate failure',
  'Post "https://istiod.istio-system.svc:443/inject?timeout=10s": context deadline exceeded',
  'Get "http://localhost:46717/config_dump?mask=dynamic_active_clusters,static_clusters": EOF',
  'https://istio.io/latest/docs/reference/config/analysis/ist0101/?ref=istioctl-analyze',
  'adding cluster cluster=west secret=istio-system/istio-remote-secret-west',
  'outbound|9080|v2|reviews.shop.svc.cluster.local kubernetes://web-credential',
  'WWW-Authenticate: Bearer realm="x", error="invalid_token"',
  'Bearer authentication failed; Basic authentication failed',
  'pilot_k8s_reg_events{type="secret",event="add"} 5',
  'token_path=/var/run/secrets/tokens/istio-token secretName: web-tls',
  'serviceAccountToken:\n  path: istio-token\n  audience: istio-ca',
  'rbac_access_denied_matched_policy[ns[shop]-policy[deny]-rule[0]]',
  'volumes "istio-token","istiod-ca-cert"',
  'secret: warning',
  '{"sds":{"token":{"aud":"istio-ca"},"automountToken":false}',
  '{"password":null}]',
  'istio-system/istiod-78b59545f9-2ktp9 image busybox@sha256:abc',
];

describe('text', () => {
  it.each(hidden)('hides %s', async (_, given, expected) => {
    expect(await text(given)).toBe(expected);
  });

  it.each(kept)('keeps %s', async (line) => {
    expect(await text(line)).toBe(line);
  });

  it('hides a key in DER, whose lines name nothing', async () => {
    const der = Buffer.concat([
      Buffer.from('308204be020100300d', 'hex'),
      Buffer.from(KEY_BODY.slice(0, 90)),
    ]);
    expect(await text(`blob ${der.toString('base64')}`)).toBe('blob [hidden #1]');
  });

  it('gives the same secret the same number, with and without its scheme', async () => {
    const out = await text(`authorization: Bearer ${JWT}\nseen ${JWT}\ntoken=${CANARY}`);
    expect(out).toBe('authorization: [hidden #1]\nseen [hidden #1]\ntoken=[hidden #2]');
  });

  it('does not give out a number that the text already has', async () => {
    expect(await text(`token=[hidden #7] and token=${CANARY}`)).toBe(
      'token=[hidden #7] and token=[hidden #8]',
    );
  });
});
