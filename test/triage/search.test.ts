// Words of people who are on call, and the runbooks they mean; letters of names, and the places they find.
import { describe, expect, test } from 'vitest';
import { symptoms } from '../../src/symptoms.gen.ts';
import { searchPlaces, symptomSearch } from '../../src/triage/search.ts';

const search = symptomSearch(symptoms);

/** What is typed, and the runbooks of which the first must be one. */
const said: readonly (readonly [string, readonly string[]])[] = [
  ['403 from cart to checkout', ['rbac', 'linkerd-policy']],
  ['customers get forbidden', ['rbac', 'linkerd-policy']],
  ['RBAC: access denied', ['rbac']],
  ['pods keep restarting', ['oom']],
  ['OOMKilled', ['oom']],
  ['CrashLoopBackOff', ['oom']],
  ['exit code 137', ['oom']],
  ['sidecar missing', ['injection']],
  ['sidcar not injcted', ['injection', 'linkerd-injection']],
  ['linkerd-proxy is missing', ['linkerd-injection']],
  ['route change has no effect', ['stale']],
  ['canary gets no traffic', ['stale']],
  ['proxy is stale', ['stale']],
  ['certificate expired', ['linkerd-identity']],
  ['TLS handshake errors', ['linkerd-identity']],
  ['the dashboard is empty', ['linkerd-metrics']],
  ['linkerd viz shows nothing', ['linkerd-metrics']],
  ['we are rate limited', ['linkerd-policy']],
  ['stale', ['stale']],
];

test.each(said)('"%s"', (words, wanted) => {
  expect(wanted).toContain(search(words)[0]?.id);
});

test('words that mean nothing here find nothing', () => {
  expect(search('xyzzy plugh')).toEqual([]);
  expect(search('what is it with the pods?')).toEqual([]);
});

test('every runbook is found by its own symptom, first', () => {
  for (const { id, symptom } of symptoms) expect(search(symptom)[0]?.id).toBe(id);
});

describe('places', () => {
  const places = [
    'deployment/web.shop',
    'shop/web-5fcd744f86-9x77p',
    'shop/cart-6c9f-b2x4q',
    'istio-system/istiod-7674-8t2fj',
    'ns/shop',
  ].map((word) => ({ is: 'pod' as const, word }));
  const found = (query: string) => searchPlaces(places, query, 9).map(({ word }) => word);

  test.each([
    ['cart', ['shop/cart-6c9f-b2x4q']],
    ['shop web', ['shop/web-5fcd744f86-9x77p', 'deployment/web.shop']],
    ['istoid', ['istio-system/istiod-7674-8t2fj']],
    ['9x77', ['shop/web-5fcd744f86-9x77p']],
    ['nobody', []],
  ])('"%s"', (query, wanted) => {
    expect(found(query)).toEqual(wanted);
  });

  test('nothing typed: as they come, no more than asked for', () => {
    expect(searchPlaces(places, '  ', 2)).toEqual(places.slice(0, 2));
  });
});
