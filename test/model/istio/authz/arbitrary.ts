// Generated policies and requests, drawn from few words so that they often meet. The lab sends the same ones
// through real proxies.
import fc from 'fast-check';
import type { KubeObject } from '../../../../src/core/object.ts';
import type { Action, Request } from '../../../../src/model/istio/authz/types.ts';

export const root = 'istio-system';
export const web = 'cluster.local/ns/shop/sa/web';
export const cart = 'cluster.local/ns/shop/sa/cart';

const words = {
  principals: [
    web,
    cart,
    '*',
    '*/sa/web',
    '*/ns/shop/sa/cart',
    'cluster.local/ns/shop/*',
    'cluster.local/ns/plain/sa/default',
    'other.example/ns/shop/sa/web',
    'old.example/ns/shop/sa/web',
    '*.local/ns/shop/sa/web',
  ],
  namespaces: ['shop', 'plain', 'sh*', '*op', '*', 's*p', 'istio-system'],
  serviceAccounts: ['shop/web', 'shop/cart', 'web', 'plain/default'],
  trustDomains: ['cluster.local', 'old.example', '*', 'cluster.*', '*.local'],
  ipBlocks: ['10.244.0.0/16', '10.0.0.0/8', '192.0.2.1', '10.244.0.1', '0.0.0.0/0'],
  remoteIpBlocks: ['203.0.113.0/24', '203.0.113.7', '10.244.0.0/16', '198.51.100.1'],
  requestPrincipals: [
    '*',
    'https://issuer.lab/one/alice',
    'https://issuer.lab/one/*',
    '*/alice',
    'https://issuer.lab/*',
    '*ce',
  ],
  hosts: [
    'dest.authz-0',
    'dest.authz-*',
    'DEST.*',
    '*.svc.cluster.local',
    '*:80',
    '*',
    'shop.example',
  ],
  methods: ['GET', 'POST', 'PUT', 'DELETE', 'P*', '*', 'get'],
  paths: [
    '/a',
    '/a/b',
    '/a/*',
    '*/b',
    '/admin*',
    '/',
    '*',
    '/{*}/b',
    '/a/{**}',
    '/a/{*}/c',
    '/caf%C3%A9',
    '/A',
  ],
  ports: ['8080', '9090', '7070', '80'],
} as const;

const whenWords: Readonly<Record<string, readonly string[]>> = {
  'source.ip': words.ipBlocks,
  'remote.ip': words.remoteIpBlocks,
  'source.namespace': words.namespaces,
  'source.principal': words.principals,
  'source.serviceAccount': words.serviceAccounts,
  'source.trustDomain': words.trustDomains,
  'destination.ip': words.ipBlocks,
  'destination.port': words.ports,
  'connection.sni': ['*', '*.svc.cluster.local', 'outbound_.80_*', 'shop.example'],
  'request.headers[x-team]': ['blue', 'b*', '*ue', '*', 'red'],
  'request.headers[X-Team]': ['blue', 'red'],
  'request.auth.principal': words.requestPrincipals,
  'request.auth.audiences': ['shop', 'sh*', 'bank'],
  'request.auth.presenter': ['portal', '*'],
  'request.auth.claims[groups]': ['admins', 'dev*', 'x'],
  'request.auth.claims[org][unit]': ['mesh', '*'],
  'request.auth.claims[scope]': ['read', 'write'],
  'request.auth.claims[iss]': ['https://issuer.lab/one'],
};

type Fields = Readonly<Record<string, readonly string[]>>;

const some = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });

const negative = (name: string): string => `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** One to `max` of these fields, each as it is or with its `not`. */
function fields(names: readonly (keyof typeof words)[], max: number): fc.Arbitrary<Fields> {
  const one = fc
    .tuple(fc.constantFrom(...names), fc.integer({ min: 0, max: 3 }))
    .chain(([name, sign]) =>
      some(words[name]).map((values) => [sign === 0 ? negative(name) : name, values] as const),
    );
  return fc
    .array(one, { minLength: 1, maxLength: max })
    .map((pairs) => Object.fromEntries(pairs) as Fields);
}

const anySource = fields(
  [
    'principals',
    'principals',
    'namespaces',
    'trustDomains',
    'ipBlocks',
    'remoteIpBlocks',
    'requestPrincipals',
  ],
  2,
);
// istio/istio pkg/config/validation/validation.go: serviceAccounts stand alone; CUSTOM knows no identity.
const accountSource = fields(['serviceAccounts', 'ipBlocks'], 2);
const customSource = fields(['ipBlocks', 'remoteIpBlocks'], 2);
const operation = fields(['hosts', 'methods', 'methods', 'paths', 'paths', 'ports'], 3);

const notOfCustom = /^(source\.(namespace|principal|serviceAccount|trustDomain)|request\.auth)/;

const when = (custom: boolean): fc.Arbitrary<object> =>
  fc
    .constantFrom(...Object.keys(whenWords).filter((key) => !custom || !notOfCustom.test(key)))
    .chain((key) =>
      fc
        .tuple(some(whenWords[key] ?? []), fc.boolean())
        .map(([values, not]) => ({ key, [not ? 'notValues' : 'values']: values })),
    );

const upTo = <T>(max: number, one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  fc.array(one, { maxLength: max });

/** The server refuses an empty `from` or `to`. */
const present = (name: string, all: readonly unknown[]): object =>
  all.length === 0 ? {} : { [name]: all };

function rule(action: Action): fc.Arbitrary<object> {
  const custom = action === 'CUSTOM';
  const source = custom
    ? customSource
    : fc.oneof({ weight: 5, arbitrary: anySource }, { weight: 1, arbitrary: accountSource });
  return fc
    .tuple(
      upTo(
        2,
        source.map((one) => ({ source: one })),
      ),
      upTo(
        2,
        operation.map((one) => ({ operation: one })),
      ),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: upTo(1, when(custom)) },
      ),
    )
    .map(([from, to, whens]) => ({
      ...present('from', from),
      ...present('to', to),
      ...present('when', whens),
    }));
}

const action = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Action>('ALLOW') },
  { weight: 4, arbitrary: fc.constant<Action>('DENY') },
  { weight: 1, arbitrary: fc.constant<Action>('AUDIT') },
  { weight: 1, arbitrary: fc.constant<Action>('CUSTOM') },
);

const selector = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.constantFrom({ app: 'dest' }, { app: 'dest', version: 'v1' }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ app: 'other' }, { app: 'dest', version: 'v2' }) },
);

/** `authz` policies of one namespace, named p0, p1, …; valid, as the API server would refuse others. */
export function policies(
  namespace: string,
  size: { readonly minLength: number; readonly maxLength: number },
  providers: readonly string[],
): fc.Arbitrary<readonly KubeObject[]> {
  const one = action.chain((act) =>
    fc.record({
      act: fc.constant(act),
      selector,
      dryRun: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      provider: fc.constantFrom(...providers),
      rules: fc.array(rule(act), {
        minLength: act === 'ALLOW' || act === 'AUDIT' ? 0 : 1,
        maxLength: 2,
      }),
    }),
  );
  return fc.array(one, size).map((all) =>
    all.map((each, index) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: {
        name: `p${index}`,
        namespace,
        ...(each.dryRun ? { annotations: { 'istio.io/dry-run': 'true' } } : {}),
      },
      spec: {
        action: each.act,
        ...(each.selector ? { selector: { matchLabels: each.selector } } : {}),
        ...(each.act === 'CUSTOM' ? { provider: { name: each.provider } } : {}),
        ...present('rules', each.rules),
      },
    })),
  );
}

export type Sent = {
  readonly caller: 'web' | 'cart' | 'legacy';
  readonly protocol: 'http' | 'tcp';
  /** To a port whose name does not say the protocol. */
  readonly sniffed: boolean;
  readonly path: string;
  readonly method: string;
  /** In place of `dest.<namespace>`. */
  readonly hostForm: 'short' | 'port' | 'svc' | 'long' | 'case' | 'other';
  readonly team: string | null;
  readonly forwardedFor: string | null;
  readonly jwt: 'none' | 'alice' | 'bob' | 'stranger';
};

/** A request that a client of the lab can send. */
export const sent: fc.Arbitrary<Sent> = fc.record({
  caller: fc.constantFrom('web', 'web', 'cart', 'legacy'),
  protocol: fc.constantFrom('http', 'http', 'http', 'tcp'),
  sniffed: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  path: fc.constantFrom(
    '/a',
    '/a/b',
    '/a/b/c',
    '/a/',
    '/admin',
    '/admin/x',
    '/',
    '/x/b',
    '/A',
    '/a/../admin',
    '/a/./b',
    '/%61/b',
    '/a%2Fb',
    '/caf%C3%A9',
    '//a',
  ),
  method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  hostForm: fc.constantFrom('short', 'short', 'port', 'svc', 'long', 'case', 'other'),
  team: fc.constantFrom(null, null, 'blue', 'red', 'Blue'),
  forwardedFor: fc.constantFrom(null, null, '203.0.113.7', '198.51.100.1, 203.0.113.9'),
  jwt: fc.constantFrom('none', 'none', 'alice', 'bob', 'stranger'),
});

const issuer = 'https://issuer.lab/one';

/** What the tokens of `Sent` claim. */
export const claims = {
  alice: {
    iss: issuer,
    sub: 'alice',
    aud: ['shop', 'bank'],
    azp: 'portal',
    groups: ['admins', 'devs'],
    org: { unit: 'mesh' },
    scope: 'read list',
  },
  bob: { iss: issuer, sub: 'bob', aud: 'bank', groups: 'devops' },
  stranger: { iss: 'https://issuer.lab/two', sub: 'alice', aud: 'shop' },
} as const;

export function tokenOf(name: Sent['jwt']): Request['jwt'] {
  if (name === 'none') return { is: 'none' };
  const all = claims[name];
  return {
    is: 'token',
    issuer: all.iss,
    subject: all.sub,
    audiences: [all.aud].flat(),
    claims: all,
  };
}
