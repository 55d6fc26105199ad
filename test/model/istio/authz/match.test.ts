// The patterns one by one. The lab tries them on real proxies too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitsBlock } from '../../../../src/model/kube/match-ip.ts';
import { fitsPath, pathSeen } from '../../../../src/model/istio/authz/match-path.ts';
import { fitsHeader, fitsHost, fitsText } from '../../../../src/model/istio/authz/match-text.ts';
import { domainsMeant, withAliases } from '../../../../src/model/istio/authz/trust-domain.ts';

describe('text', () => {
  test.each([
    ['a', 'a', true],
    ['a', 'A', false],
    ['a*', 'ab', true],
    ['*b', 'ab', true],
    ['*', 'ab', true],
    ['*', '', false],
    ['*a*', 'xa*', true],
    ['*a*', 'xab', false],
  ])('%s and %j', (pattern, value, fits) => {
    expect(fitsText(pattern, value)).toBe(fits);
  });

  test('of a header `*` is presence, and hosts have no case', () => {
    expect(fitsHeader('*', '')).toBe(true);
    expect(fitsHost('*.Example.com', 'SHOP.example.COM')).toBe(true);
    expect(fitsHost('shop.example.com', 'shop.example.com:8080')).toBe(false);
  });
});

describe('paths', () => {
  test.each([
    ['/a/{*}', '/a/b', true],
    ['/a/{*}', '/a/', false],
    ['/a/{*}', '/a/b/c', false],
    ['/a/{**}', '/a/b/c', true],
    ['/a/{**}', '/a/', true],
    ['/a/{**}', '/a', false],
    ['/a.c/{*}', '/abc/x', false],
    ['/{*}/b*', '/x/b*', true],
  ])('%s and %s', (pattern, path, fits) => {
    expect(fitsPath(pattern, path)).toBe(fits);
  });

  test.each([
    ['/a?x=1#y', '/a'],
    ['/a/../b', '/b'],
    ['/a/./b/..', '/a/'],
    ['/../..', '/'],
    ['/a\\b', '/a/b'],
    ['/%61%2Fb', '/a%2Fb'],
    ['/%2e%2e/b', '/b'],
    ['//a', '//a'],
  ])('%s is seen as %s', (path, seen) => {
    expect(pathSeen(path)).toBe(seen);
  });

  test('what is seen is seen the same again', () => {
    const parts = fc.constantFrom('a', '.', '..', '%2e', '%41', '%2F', '', '\\', 'é');
    fc.assert(
      fc.property(fc.array(parts), (all) => {
        const seen = pathSeen(`/${all.join('/')}`);
        expect(pathSeen(seen)).toBe(seen);
      }),
    );
  });
});

describe('addresses', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.30', false],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['0.0.0.0/0', '::1', false],
    ['fd00::/8', 'fd12:3456::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3', true],
    ['10.0.0.0/33', '10.0.0.0', false],
    ['not an address', '10.0.0.1', false],
    ['10.0.0.1', 'not an address', false],
    ['1::2::3', '1::2', false],
  ])('%s and %s', (block, ip, fits) => {
    expect(fitsBlock(block, ip)).toBe(fits);
  });

  test('an address is in every block that begins it', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (ip, length) => {
        expect(fitsBlock(`${ip}/${String(length)}`, ip)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (ip, length) => {
        expect(fitsBlock(`${ip}/${String(length)}`, ip)).toBe(true);
      }),
    );
  });
});

// istio/istio pilot/pkg/security/trustdomain/bundle_test.go has these cases.
describe('trust domains', () => {
  const trust = { trustDomain: 'td1', trustDomainAliases: ['td2', 'new-td'] };
  test.each([
    ['td1/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b', 'new-td/ns/a/sa/b']],
    ['cluster.local/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b', 'new-td/ns/a/sa/b']],
    ['other/ns/a/sa/b', ['other/ns/a/sa/b']],
    ['*/ns/a/sa/b', ['*/ns/a/sa/b']],
    ['*-td/ns/a/sa/b', ['td1/ns/a/sa/b', 'td2/ns/a/sa/b', '*-td/ns/a/sa/b']],
    ['sa/b', ['sa/b']],
    ['*', ['*']],
  ])('%s', (principal, all) => {
    expect(withAliases(principal, trust)).toEqual(all);
  });

  test('by name alone: only one in full stands for all', () => {
    expect(domainsMeant('td2', trust)).toEqual(['td1', 'td2', 'new-td']);
    expect(domainsMeant('td*', trust)).toEqual(['td*']);
    expect(domainsMeant('cluster.local', trust)).toEqual(['cluster.local']);
  });
});
