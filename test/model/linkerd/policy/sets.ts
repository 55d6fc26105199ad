// Sets of policies, made up from a seed: what the real policy controller was given, and what is compared with its
// answers. Names are few, so that references meet.
import type { Json, KubeObject } from '../../../../src/core/object.ts';
import type { PolicyObjects } from '../../../../src/model/linkerd/policy/types.ts';

export type PolicySet = {
  readonly pod: KubeObject;
  readonly ports: readonly number[];
  readonly objects: PolicyObjects;
};
type Loose = { readonly [key: string]: Json };

const linkerd = 'policy.linkerd.io';
const gateway = 'gateway.networking.k8s.io';
const identity = 'serviceaccount.identity.linkerd.cluster.local';
const serverNames = ['alpha', 'beta', 'gamma'] as const;
const blocks = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '192.168.0.1',
  '0.0.0.0/0',
  '::/0',
  'fd00::/8',
] as const;

export function policySets(seed: number, many: number): readonly PolicySet[] {
  const dice = new Dice(seed);
  return Array.from({ length: many }, (_, i) => new Maker(`r${i}`, dice).set());
}

/** mulberry32: the same numbers everywhere. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  below(n: number): number {
    return Math.floor(this.#next() * n);
  }
  chance(p: number): boolean {
    return this.#next() < p;
  }
  of<T>(...all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }
  /** A field that is there now and then. */
  some(p: number, make: () => Loose): Loose {
    return this.chance(p) ? make() : {};
  }
  /** `least` to `most` of them. */
  many<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}

class Maker {
  readonly #ns: string;
  readonly #d: Dice;
  constructor(namespace: string, dice: Dice) {
    this.#ns = namespace;
    this.#d = dice;
  }

  set(): PolicySet {
    const d = this.#d;
    const pod = this.#pod();
    const http = (group: string, version: string) => () =>
      this.#route(group, version, 'HTTPRoute', d.of('one', 'two'));
    return {
      pod,
      ports: [8080, d.of(9090, 8081, 4191)],
      objects: {
        servers: once(d.many(0, 3, () => this.#server())),
        serverAuthorizations: once(d.many(0, 2, () => this.#serverAuthorization())),
        authorizationPolicies: once(d.many(0, 4, () => this.#policy())),
        meshTls: once(d.many(0, 2, () => this.#meshTls())),
        networks: once(d.many(0, 2, () => this.#networks())),
        httpRoutes: once(d.many(0, 2, http(linkerd, 'v1beta3'))),
        gatewayHttpRoutes: once(d.many(0, 1, http(gateway, 'v1'))),
        grpcRoutes: d.many(0, 1, () => this.#route(gateway, 'v1', 'GRPCRoute', 'rpc')),
        rateLimits: d.many(0, 1, () => this.#rateLimit()),
      },
    };
  }

  #object(group: string, kind: string, name: string, spec: Loose, more: Loose = {}): KubeObject {
    const creationTimestamp = `2026-11-21T08:00:0${this.#d.below(3)}Z`;
    const metadata = { name, namespace: this.#ns, creationTimestamp, ...more };
    return { apiVersion: group, kind, metadata, spec };
  }

  #pod(): KubeObject {
    const d = this.#d;
    const annotations = {
      ...d.some(0.4, () => ({
        'config.linkerd.io/default-inbound-policy': d.of(
          ...['all-unauthenticated', 'all-authenticated', 'cluster-unauthenticated'],
          ...['cluster-authenticated', 'deny', 'audit', 'nonsense'],
        ),
      })),
      ...d.some(0.3, () => ({
        'config.linkerd.io/opaque-ports': d.of(
          '8080',
          '25,9000-9100',
          '',
          '9090 , 3306',
          '10-1',
          '0',
        ),
      })),
      ...d.some(0.15, () => ({
        'config.linkerd.io/proxy-require-identity-inbound-ports': d.of('8080', '90-9090'),
      })),
    };
    const labels = {
      app: 'web',
      ...d.some(0.5, () => ({ tier: 'front' })),
      'linkerd.io/control-plane-ns': 'linkerd',
    };
    const main = {
      name: 'web',
      ports: [
        { name: 'http', containerPort: 8080, ...d.some(0.5, () => ({ protocol: 'TCP' })) },
        { name: 'dns', containerPort: 5353, protocol: 'UDP' },
      ],
      ...d.some(0.5, () => ({
        readinessProbe: {
          httpGet: {
            path: d.of('/ready', '/ready?full=1', '/'),
            port: d.of<Json>(8080, 'HTTP', 'admin'),
          },
        },
      })),
      ...d.some(0.3, () => ({ livenessProbe: { httpGet: { port: 8080 } } })),
    };
    const second = d.chance(0.4) ? [{ name: 'http', containerPort: 8081 }] : [];
    const side = {
      name: 'side',
      ports: [{ name: 'admin', containerPort: 9090 }, ...second],
      ...d.some(0.3, () => ({ startupProbe: { tcpSocket: { port: 9090 } } })),
    };
    const proxy = {
      name: 'linkerd-proxy',
      restartPolicy: 'Always',
      ports: [{ name: 'linkerd-admin', containerPort: 4191 }],
      readinessProbe: { httpGet: { path: '/ready', port: 4191 } },
    };
    const spec = { containers: [main, side], initContainers: [proxy] };
    return this.#object('v1', 'Pod', 'web', spec, { labels, annotations });
  }

  #server(): KubeObject {
    const d = this.#d;
    const expressions = (...all: Loose[]): Loose => ({ podSelector: { matchExpressions: all } });
    const spec = {
      ...d.of<Loose>(
        { podSelector: { matchLabels: { app: 'web' } } },
        { podSelector: { matchLabels: { app: 'web' } } },
        { podSelector: {} },
        { podSelector: { matchLabels: { app: 'other' } } },
        expressions({ key: 'tier', operator: d.of('In', 'NotIn'), values: ['front'] }),
        expressions({ key: 'tier', operator: d.of('Exists', 'DoesNotExist') }),
        { externalWorkloadSelector: { matchLabels: { app: 'web' } } },
      ),
      port: d.of<Json>(8080, 8080, 'http', 9090, 'admin', 'nope', 'dns', 4191, 'linkerd-admin'),
      ...d.some(0.8, () => ({
        proxyProtocol: d.of('unknown', 'HTTP/1', 'HTTP/1', 'HTTP/2', 'gRPC', 'opaque', 'TLS'),
      })),
      ...d.some(0.4, () => ({
        accessPolicy: d.of(
          ...['deny', 'deny', 'all-unauthenticated', 'all-authenticated'],
          ...['cluster-unauthenticated', 'cluster-authenticated', 'audit'],
        ),
      })),
    };
    const labels = d.some(0.5, () => ({ labels: { role: d.of('api', 'admin') } }));
    return this.#object(`${linkerd}/v1beta3`, 'Server', d.of(...serverNames), spec, labels);
  }

  #account(): Loose {
    const d = this.#d;
    return {
      kind: d.of('ServiceAccount', 'serviceaccount'),
      ...d.some(0.3, () => ({ group: d.of('', 'core') })),
      name: d.of('client', 'default'),
      ...d.some(0.5, () => ({ namespace: d.of(this.#ns, 'other') })),
    };
  }

  #identity(): string {
    return this.#d.of(
      ...['*', `*.${this.#ns}.${identity}`, `client.other.${identity}`],
      ...['*.example.org', 'x*.example.org', 'spiffe://root/ns/a/sa/b'],
    );
  }

  #meshTls(): KubeObject {
    const d = this.#d;
    const ref = (): Loose =>
      d.of<Loose>(
        this.#account(),
        this.#account(),
        { kind: 'Namespace', name: d.of(this.#ns, 'other') },
        { kind: 'Secret', name: 'x' },
      );
    const spec = {
      ...d.some(0.6, () => ({ identities: d.many(1, 2, () => this.#identity()) })),
      ...d.some(0.6, () => ({ identityRefs: d.many(1, 2, ref) })),
    };
    const name = d.of('people', 'robots');
    return this.#object(`${linkerd}/v1alpha1`, 'MeshTLSAuthentication', name, spec);
  }

  #network(): Loose {
    const d = this.#d;
    const except = d.some(0.3, () => ({ except: d.many(1, 2, () => d.of(...blocks)) }));
    return { cidr: d.of(...blocks), ...except };
  }

  #networks(): KubeObject {
    const d = this.#d;
    const spec = { networks: d.chance(0.1) ? [] : d.many(1, 2, () => this.#network()) };
    const name = d.of('office', 'cluster');
    return this.#object(`${linkerd}/v1alpha1`, 'NetworkAuthentication', name, spec);
  }

  #policy(): KubeObject {
    const d = this.#d;
    const tls = (more: Loose): Loose => ({
      group: linkerd,
      kind: 'MeshTLSAuthentication',
      ...more,
    });
    const authentication = (): Loose =>
      d.of<Loose>(
        tls({ name: d.of('people', 'robots') }),
        tls({ name: 'people', namespace: this.#ns }),
        tls({ name: d.of('shared', 'gone'), namespace: 'shared' }),
        { group: linkerd, kind: 'NetworkAuthentication', name: d.of('office', 'cluster') },
        { group: linkerd, kind: 'networkauthentication', name: 'office' },
        this.#account(),
        this.#account(),
        { group: '', kind: 'Secret', name: 'x' },
      );
    const targetRef = d.of<Loose>(
      { group: linkerd, kind: 'Server', name: d.of(...serverNames) },
      { group: linkerd, kind: 'Server', name: d.of(...serverNames) },
      { group: linkerd.toUpperCase(), kind: 'server', name: 'alpha' },
      { kind: 'Namespace', name: d.of(this.#ns, 'other') },
      { group: 'core', kind: 'Namespace', name: this.#ns },
      { group: linkerd, kind: 'HTTPRoute', name: d.of('one', 'two') },
      { group: gateway, kind: 'HTTPRoute', name: d.of('one', 'two') },
      { group: gateway, kind: 'httproute', name: 'one' },
      { group: gateway, kind: 'GRPCRoute', name: 'rpc' },
      { kind: 'Server', name: 'alpha' },
      { group: 'apps', kind: 'Deployment', name: 'web' },
    );
    const requiredAuthenticationRefs = d.of(
      [],
      d.many(1, 1, authentication),
      d.many(1, 1, authentication),
      d.many(2, 3, authentication),
    );
    const spec = { targetRef, requiredAuthenticationRefs };
    const name = d.of('p1', 'p2', 'p3', 'p4');
    return this.#object(`${linkerd}/v1alpha1`, 'AuthorizationPolicy', name, spec);
  }

  #serverAuthorization(): KubeObject {
    const d = this.#d;
    const tls = (meshTLS: Loose): Loose => ({ meshTLS });
    const client = {
      ...d.some(0.3, () => ({ networks: d.many(1, 2, () => this.#network()) })),
      ...d.of<Loose>(
        { unauthenticated: true },
        tls({ unauthenticatedTLS: true }),
        tls({ identities: d.many(1, 2, () => this.#identity()) }),
        tls({
          serviceAccounts: [{ name: 'client', ...d.some(0.5, () => ({ namespace: 'other' })) }],
        }),
        tls({}),
        {},
      ),
    };
    const server = d.of<Loose>(
      { name: d.of(...serverNames) },
      { selector: { matchLabels: { role: 'api' } } },
      { selector: {} },
    );
    const spec = { server, client };
    return this.#object(`${linkerd}/v1beta1`, 'ServerAuthorization', d.of('s1', 's2'), spec);
  }

  #parent(): Loose {
    const d = this.#d;
    const server = (more: Loose): Loose => ({ group: linkerd, kind: 'Server', ...more });
    return d.of<Loose>(
      server({ name: d.of(...serverNames) }),
      server({ name: d.of(...serverNames) }),
      server({ name: 'alpha', namespace: d.of(this.#ns, this.#ns, 'other') }),
      { kind: 'Service', group: 'core', name: 'web', port: 8080 },
      server({ name: 'alpha', port: 8080 }),
      { name: 'alpha' },
    );
  }

  #match(kind: string): Loose {
    const d = this.#d;
    const header = (): Loose => ({
      name: 'x-a',
      value: d.of('1', '^[0-9]+$'),
      ...d.some(0.5, () => ({ type: d.of('Exact', 'RegularExpression') })),
    });
    const headers = d.some(0.3, () => ({ headers: [header()] }));
    if (kind === 'GRPCRoute') {
      const method = (): Loose => ({
        service: 'shop.Cart',
        ...d.some(0.7, () => ({ method: 'Get' })),
        ...d.some(0.2, () => ({ type: d.of('Exact', 'RegularExpression') })),
      });
      return { ...d.some(0.8, () => ({ method: method() })), ...headers };
    }
    const path = (): Loose => ({
      value: d.of('/', '/api', '/api/', '/ready', 'bad'),
      ...d.some(0.8, () => ({ type: d.of('Exact', 'PathPrefix', 'RegularExpression') })),
    });
    return {
      ...d.some(0.8, () => ({ path: path() })),
      ...d.some(0.4, () => ({ method: d.of('GET', 'POST', 'PATCH') })),
      ...headers,
      ...d.some(0.2, () => ({ queryParams: [{ name: 'q', value: 'v' }] })),
    };
  }

  #filter(kind: string): Loose {
    const change = { set: [{ name: 'x-b', value: '2' }] };
    const modify = { type: 'RequestHeaderModifier', requestHeaderModifier: change };
    const mirror = { backendRef: { name: 'web', port: 80 } };
    return kind === 'GRPCRoute'
      ? this.#d.of<Loose>(modify, { type: 'RequestMirror', requestMirror: mirror })
      : this.#d.of<Loose>(modify, {
          type: 'RequestRedirect',
          requestRedirect: { statusCode: 302 },
        });
  }

  #route(group: string, version: string, kind: string, name: string): KubeObject {
    const d = this.#d;
    const parentRefs = d.many(1, 2, () => this.#parent());
    const rule = (): Loose => ({
      ...d.some(0.9, () => ({ matches: d.many(1, 2, () => this.#match(kind)) })),
      ...d.some(0.15, () => ({ filters: [this.#filter(kind)] })),
    });
    const hostnames = d.some(0.2, () => ({
      hostnames: [d.of('web.example.org', '*.example.org')],
    }));
    const spec = { parentRefs, ...hostnames, rules: d.many(1, 2, rule) };
    const object = this.#object(`${group}/${version}`, kind, name, spec);
    const parents = parentRefs.filter(() => d.chance(0.9)).map((parent) => this.#accepted(parent));
    return { ...object, status: { parents } };
  }

  #accepted({ group, kind, name }: Loose): Loose {
    const ours = 'linkerd.io/policy-controller';
    return {
      controllerName: this.#d.of(ours, ours, ours, 'istio.io/gateway-controller'),
      parentRef: { ...(group ? { group } : {}), ...(kind ? { kind } : {}), name: name ?? '' },
      conditions: [this.#condition()],
    };
  }

  #condition(): Loose {
    const status = this.#d.of('True', 'True', 'True', 'False');
    const lastTransitionTime = '2026-11-21T08:00:00Z';
    return { type: 'Accepted', status, reason: 'Accepted', message: '', lastTransitionTime };
  }

  #rateLimit(): KubeObject {
    const d = this.#d;
    const targetRef = { group: linkerd, kind: 'Server', name: d.of('alpha', 'beta') };
    const ref = (): Loose => ({
      kind: 'ServiceAccount',
      name: 'client',
      ...d.some(0.5, () => ({ namespace: 'other' })),
    });
    const spec = {
      targetRef,
      ...d.some(0.6, () => ({ total: { requestsPerSecond: 100 } })),
      ...d.some(0.6, () => ({ identity: { requestsPerSecond: 10 } })),
      ...d.some(0.4, () => ({ overrides: [{ requestsPerSecond: 50, clientRefs: [ref()] }] })),
    };
    const kind = 'HTTPLocalRateLimitPolicy';
    const object = this.#object(`${linkerd}/v1alpha1`, kind, 'limit', spec);
    if (!d.chance(0.85)) return object;
    return { ...object, status: { targetRef, conditions: [this.#condition()] } };
  }
}

/** Of two with one name the first. */
function once(all: readonly KubeObject[]): readonly KubeObject[] {
  const names = all.map(({ metadata }) => metadata.name);
  return all.filter((_, i) => names.indexOf(names[i] ?? '') === i);
}
