// Which route a request takes. The tables are those of upstream's own tests: linkerd2-proxy
// linkerd/http/route/src/http/{tests.rs,match/path.rs,match/host.rs}, grpc/tests.rs.
import { expect, test } from 'vitest';
import { routesFor, type Request } from '../../../../src/model/linkerd/policy/match.ts';
import type { Route, RouteMatch } from '../../../../src/model/linkerd/policy/types.ts';

const plain: RouteMatch = { headers: [], params: [] };

function route(name: string, matches: readonly RouteMatch[], hosts: readonly string[] = []): Route {
  const ref = { group: 'policy.linkerd.io', kind: 'HTTPRoute', name };
  return { ref, hosts, rules: [matches], authzs: [] };
}

function taken(
  routes: readonly Route[],
  request: Partial<Request>,
): readonly (string | undefined)[] {
  return routesFor(routes, { headers: {}, ...request }).map((r) => r?.ref.name);
}

const path = (is: 'exact' | 'prefix' | 'regex', value: string): RouteMatch => ({
  ...plain,
  path: { is, value },
});

// path.rs path_exact, path_prefix, path_regex
test.each([
  ['exact', '/foo/bar', '/foo/bar', true],
  ['exact', '/foo/bar', '/foo', false],
  ['exact', '/foo/bar', '/foo/bah', false],
  ['exact', '/foo/bar', '/foo/bar/qux', false],
  ['prefix', '/', '/foo', true],
  ['prefix', '/foo', '/foo/', true],
  ['prefix', '/foo', '/foo/bar/qux', true],
  ['prefix', '/foo/', '/foo', true],
  ['prefix', '/foo/', '/foo/bar', true],
  ['prefix', '/foo', '/foobar', false],
  ['prefix', '/foo/', '/foobar', false],
  ['regex', '/foo/\\d+', '/foo/4', true],
  ['regex', '/foo/\\d+', '/foo/4321', true],
  ['regex', '/foo/\\d+', '/bar', false],
  ['regex', '/foo/\\d+', '/foo/4abc', false],
] as const)('path %s %s takes %s: %s', (is, value, asked, matches) => {
  expect(taken([route('one', [path(is, value)])], { path: asked })).toEqual([
    matches ? 'one' : undefined,
  ]);
});

// tests.rs hostname_precedence, path_length_precedence, header_count_precedence, first_identical_wins
test('an exact host goes before a wildcard, and a named host before none', () => {
  const exact = [path('exact', '/foo')];
  const routes = [
    route('any', exact),
    route('wild', exact, ['*.example.com']),
    route('host', exact, ['foo.example.com']),
  ];
  expect(taken(routes, { path: '/foo', host: 'foo.example.com' })).toEqual(['host']);
  expect(taken(routes, { path: '/foo', host: 'bar.example.com:8080' })).toEqual(['wild']);
  expect(taken(routes, { path: '/foo', host: 'elsewhere.org' })).toEqual(['any']);
});

test('the longer path goes first, then more headers, then a method, then the order', () => {
  const routes = [
    route('short', [path('prefix', '/foo')]),
    route('long', [path('exact', '/foo/bar')]),
  ];
  expect(taken(routes, { path: '/foo/bar' })).toEqual(['long']);
  const header = (name: string) => ({ is: 'exact' as const, name, value: '1' });
  const two = { ...path('prefix', '/foo'), headers: [header('x-a'), header('x-b')] };
  const one = { ...path('prefix', '/foo'), headers: [header('x-a')] };
  const both = { path: '/foo', headers: { 'x-a': '1', 'x-b': '1' } };
  expect(taken([route('one', [one]), route('two', [two])], both)).toEqual(['two']);
  const get = { ...path('prefix', '/foo'), method: 'GET' };
  const verbs = [route('plain', [path('prefix', '/foo')]), route('get', [get])];
  expect(taken(verbs, { path: '/foo', method: 'GET' })).toEqual(['get']);
  expect(taken([route('a', [get]), route('b', [get])], { path: '/foo', method: 'GET' })).toEqual([
    'a',
  ]);
});

test('an exact path as long as a prefix is no better than it', () => {
  const routes = [
    route('prefix', [path('prefix', '/foo')]),
    route('exact', [path('exact', '/foo')]),
  ];
  expect(taken(routes, { path: '/foo' })).toEqual(['prefix']);
});

test('a rule without matches takes everything', () => {
  expect(taken([route('all', [])], { path: '/x', method: 'DELETE' })).toEqual(['all']);
});

test('what is not known of a request leaves every route that it may take', () => {
  const post = { ...plain, method: 'POST' };
  const routes = [
    route('all', [path('prefix', '/')]),
    route('post', [post]),
    route('api', [path('prefix', '/api')]),
  ];
  expect(taken(routes, {})).toEqual(['post', 'api', 'all']);
  expect(taken(routes, { path: '/x', method: 'GET' })).toEqual(['all']);
  // Worse than what matches for sure, so it cannot be taken.
  expect(taken(routes, { path: '/api/list' })).toEqual(['api']);
  expect(taken([route('post', [post])], { path: '/' })).toEqual(['post', undefined]);
});

test('a header that nobody told may be there; a query is of the path', () => {
  const team = { ...plain, headers: [{ is: 'regex' as const, name: 'X-Team', value: '[a-c]+' }] };
  expect(taken([route('team', [team])], { path: '/' })).toEqual(['team', undefined]);
  expect(taken([route('team', [team])], { path: '/', headers: { 'x-team': 'abc' } })).toEqual([
    'team',
  ]);
  expect(taken([route('team', [team])], { path: '/', headers: { 'x-team': 'abcd' } })).toEqual([
    undefined,
  ]);
  const param = { ...plain, params: [{ is: 'exact' as const, name: 'v', value: '2' }] };
  expect(taken([route('v2', [param])], { path: '/', params: { v: '2' } })).toEqual(['v2']);
  expect(taken([route('v2', [param])], { path: '/', params: {} })).toEqual([undefined]);
});

// grpc/tests.rs: service and method, POST alone
test('a gRPC route takes its service and method, longer names first', () => {
  const rpc = (service: string, method: string): RouteMatch => ({
    ...plain,
    rpc: { service, method },
  });
  const routes = [
    route('service', [rpc('foo.bar.baz', '')]),
    route('method', [rpc('foo.bar.baz', 'Qux')]),
  ];
  expect(taken(routes, { path: '/foo.bar.baz/Qux', method: 'POST' })).toEqual(['method']);
  expect(taken(routes, { path: '/foo.bar.baz/Other', method: 'POST' })).toEqual(['service']);
  expect(taken(routes, { path: '/other/Qux', method: 'POST' })).toEqual([undefined]);
  expect(taken(routes, { path: '/foo.bar.baz/Qux', method: 'GET' })).toEqual([undefined]);
  const unset: RouteMatch = { ...plain, rpc: 'unset' };
  expect(taken([route('unset', [unset])], { path: '/a/B', method: 'POST' })).toEqual([
    'unset',
    undefined,
  ]);
});
