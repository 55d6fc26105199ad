// Random resources for the property tests: broken ones of every kind, and a mesh in which all is well.
import fc from 'fast-check';
import type { KubeObject } from '../../../../src/core/object.ts';

type Spec = Record<string, unknown>;
const NAMES = ['web', 'cart', 'pay'] as const;

export function made(
  kind: string,
  namespace: string,
  name: string,
  spec: Spec,
  day = 1,
): KubeObject {
  const creationTimestamp = `2026-01-0${day}T00:00:00Z`;
  const json = JSON.parse(JSON.stringify(spec)) as KubeObject['spec'];
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace, creationTimestamp },
    ...(json !== undefined && { spec: json }),
  };
}

export function service(
  namespace: string,
  name: string,
  port = 8080,
  portName = 'http',
): KubeObject {
  const ports = [{ name: portName, port }];
  return made('Service', namespace, name, { selector: { app: name }, ports });
}

/** A host as people write it, right or wrong, of one of these namespaces. */
function host(namespaces: readonly string[]): fc.Arbitrary<string> {
  const named = (names: readonly string[], ending: string) =>
    fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(...namespaces))
      .map(([name, namespace]) => `${name}.${namespace}${ending}`);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 4, arbitrary: named(NAMES, '.svc.cluster.local') },
    { weight: 1, arbitrary: named(['gone', '*'], '.svc.cluster.local') },
    { weight: 1, arbitrary: named(NAMES, '') },
    { weight: 1, arbitrary: fc.constant('gone') },
  );
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const match = fc.record({
  uri: maybe(fc.constantFrom({ prefix: '/' }, { prefix: '/a' }, { exact: '/b' })),
  sourceLabels: seldom(fc.constantFrom({ app: 'web' }, { app: 'x' })),
  port: seldom(fc.constantFrom(8080, 9090)),
  gateways: seldom(fc.constantFrom(['mesh'], ['gw'])),
});

const destination = (namespaces: readonly string[]) =>
  fc.record({
    weight: fc.constantFrom(0, 50, 50),
    destination: fc.record({
      host: host(namespaces),
      subset: seldom(fc.constantFrom('v1', 'v2')),
      port: seldom(fc.constantFrom({ number: 8080 }, { number: 1 })),
    }),
  });

const route = (namespaces: readonly string[]) =>
  fc.record({
    match: maybe(fc.array(match, { minLength: 1, maxLength: 2 })),
    delegate: seldom(fc.record({ name: fc.constantFrom('vs0', 'vs1') })),
    route: fc.array(destination(namespaces), { minLength: 1, maxLength: 2 }),
  });

const exportTo = (namespaces: readonly string[]) =>
  seldom(fc.constantFrom(['.'], ['*'], ['~'], [...namespaces], ['nowhere']));

function virtualService(namespaces: readonly string[]): fc.Arbitrary<Spec> {
  const hosts = fc.array(host(namespaces), { minLength: 1, maxLength: 2 });
  return fc.record({
    hosts: fc.oneof({ weight: 5, arbitrary: hosts }, { weight: 1, arbitrary: fc.constant([]) }),
    gateways: seldom(fc.constantFrom(['mesh'], ['gw'], ['gw', 'mesh'])),
    exportTo: exportTo(namespaces),
    http: fc.array(route(namespaces), { minLength: 1, maxLength: 3 }),
  });
}

function destinationRule(namespaces: readonly string[]): fc.Arbitrary<Spec> {
  return fc.record({
    host: host(namespaces),
    exportTo: exportTo(namespaces),
    subsets: maybe(fc.constantFrom([{ name: 'v1' }], [{ name: 'v2', labels: { a: 'b' } }])),
    trafficPolicy: maybe(
      fc.constantFrom({ tls: { mode: 'DISABLE' } }, { tls: { mode: 'SIMPLE' } }),
    ),
  });
}

const sidecar: fc.Arbitrary<Spec> = fc.record({
  workloadSelector: maybe(fc.constantFrom({ labels: { app: 'web' } }, { labels: { app: 'x' } })),
  egress: maybe(fc.constantFrom([{ hosts: ['./*'] }], [{ hosts: ['*/*'] }])),
});

function services(namespaces: readonly string[]): fc.Arbitrary<KubeObject[]> {
  const ids = namespaces.flatMap((namespace) => NAMES.map((name) => ({ namespace, name })));
  const port = fc.tuple(
    fc.constantFrom(8080, 8080, 9000),
    fc.constantFrom('http', 'http', 'http', 'tcp', 'web'),
  );
  return fc
    .tuple(
      fc.subarray(ids, { minLength: ids.length - 2 }),
      fc.array(port, { minLength: ids.length, maxLength: ids.length }),
    )
    .map(([some, ports]) =>
      some.map(({ namespace, name }, n) => service(namespace, name, ports[n]?.[0], ports[n]?.[1])),
    );
}

/** Anything may be wrong with these, and all of it is about these namespaces. */
export function broken(namespaces: readonly string[]): fc.Arbitrary<KubeObject[]> {
  const where = fc.constantFrom(namespaces[0] ?? '', ...namespaces);
  const day = fc.integer({ min: 1, max: 3 });
  const of = (kind: string, prefix: string, spec: fc.Arbitrary<Spec>, maxLength: number) =>
    fc
      .array(fc.tuple(where, day, spec), { maxLength })
      .map((all) => all.map(([at, on, is], n) => made(kind, at, `${prefix}${n}`, is, on)));
  return fc
    .tuple(
      services(namespaces),
      of('VirtualService', 'vs', virtualService(namespaces), 4),
      of('DestinationRule', 'dr', destinationRule(namespaces), 3),
      of('Sidecar', 'sc', sidecar, 2),
    )
    .map((all) => all.flat());
}

/** Every Service has at most one VirtualService and one DestinationRule, and all of them fit together. */
export const healthy: fc.Arbitrary<KubeObject[]> = fc
  .array(
    fc.record({
      routed: fc.boolean(),
      complete: fc.boolean(),
      canary: fc.boolean(),
      target: fc.nat(),
      exportTo: maybe(fc.constantFrom(['*'], ['.'])),
      mesh: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((choices) => fc.tuple(fc.constant(choices), maybe(fc.constantFrom([{ hosts: ['*/*'] }]))))
  .map(([choices, egress]) => {
    const all = choices.map((_, n) => ({ namespace: n % 2 ? 'billing' : 'shop', name: `svc${n}` }));
    const full = (n: number) =>
      `${all[n]?.name ?? ''}.${all[n]?.namespace ?? ''}.svc.cluster.local`;
    const objects = all.flatMap(({ namespace, name }, n): KubeObject[] => {
      const choice = choices[n];
      const own = choice?.complete ? full(n) : name;
      const subsets = [{ name: 'v1', labels: { version: 'v1' } }];
      const canary = {
        match: [{ uri: { prefix: '/new' } }],
        route: [{ destination: { host: own, subset: 'v1' } }],
      };
      const rest = { route: [{ destination: { host: full((choice?.target ?? 0) % all.length) } }] };
      const spec = {
        hosts: [own],
        exportTo: choice?.exportTo,
        gateways: choice?.mesh ? ['mesh', 'istio-system/public'] : undefined,
        http: choice?.canary ? [canary, rest] : [rest],
      };
      return [
        service(namespace, name),
        made('DestinationRule', namespace, name, { host: own, subsets }),
        ...(choice?.routed ? [made('VirtualService', namespace, name, spec)] : []),
      ];
    });
    return [...objects, ...(egress ? [made('Sidecar', 'shop', 'default', { egress })] : [])];
  });
