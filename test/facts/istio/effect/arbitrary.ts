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
const host = (namespaces: readonly string[]) =>
  fc.oneof(
    fc.constantFrom(...NAMES, 'gone'),
    fc
      .tuple(fc.constantFrom(...NAMES, 'gone', '*'), fc.constantFrom(...namespaces))
      .chain(([name, ns]) => fc.constantFrom(`${name}.${ns}.svc.cluster.local`, `${name}.${ns}`)),
  );

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const match = fc.record({
  uri: maybe(fc.constantFrom({ prefix: '/' }, { prefix: '/a' }, { exact: '/b' })),
  sourceLabels: maybe(fc.constantFrom({ app: 'web' }, { app: 'x' })),
  port: maybe(fc.constantFrom(8080, 9090)),
  gateways: maybe(fc.constantFrom(['mesh'], ['gw'])),
});

const route = (namespaces: readonly string[]) =>
  fc.record({
    match: maybe(fc.array(match, { maxLength: 2 })),
    delegate: maybe(fc.record({ name: fc.constantFrom('vs0', 'vs1') })).map((d) => d),
    route: fc.array(
      fc.record({
        weight: maybe(fc.constantFrom(0, 50)),
        destination: fc.record({
          host: host(namespaces),
          subset: maybe(fc.constantFrom('v1', 'v2')),
          port: maybe(fc.constantFrom({ number: 8080 }, { number: 1 })),
        }),
      }),
      { maxLength: 2 },
    ),
  });

const exportTo = (namespaces: readonly string[]) =>
  maybe(fc.constantFrom(['.'], ['*'], ['~'], [...namespaces], ['nowhere']));

/** Anything may be wrong with these, and all of it is about these namespaces. */
export function broken(namespaces: readonly string[]): fc.Arbitrary<KubeObject[]> {
  const where = fc.record({
    namespace: fc.constantFrom(...namespaces),
    day: fc.integer({ min: 1, max: 3 }),
  });
  const of = (kind: string, prefix: string, spec: fc.Arbitrary<Spec>) =>
    fc
      .array(fc.tuple(where, spec), { maxLength: 3 })
      .map((all) =>
        all.map(([at, is], n) => made(kind, at.namespace, `${prefix}${n}`, is, at.day)),
      );
  const vs = fc.record({
    hosts: maybe(fc.array(host(namespaces), { maxLength: 2 })),
    gateways: maybe(fc.constantFrom(['mesh'], ['gw'], ['gw', 'mesh'])),
    exportTo: exportTo(namespaces),
    http: maybe(fc.array(route(namespaces), { maxLength: 3 })),
    tcp: maybe(fc.array(route(namespaces), { maxLength: 1 })),
  });
  const rule = fc.record({
    host: host(namespaces),
    exportTo: exportTo(namespaces),
    subsets: maybe(fc.constantFrom([{ name: 'v1' }], [{ name: 'v2', labels: { a: 'b' } }])),
    trafficPolicy: maybe(
      fc.constantFrom({ tls: { mode: 'DISABLE' } }, { tls: { mode: 'SIMPLE' } }),
    ),
  });
  const sidecar = fc.record({
    workloadSelector: maybe(fc.constantFrom({ labels: { app: 'web' } }, { labels: { app: 'x' } })),
    egress: maybe(fc.constantFrom([{ hosts: ['./*'] }], [{ hosts: ['*/*'] }])),
  });
  const services = fc
    .subarray(namespaces.flatMap((ns) => NAMES.map((name) => `${ns}/${name}`)))
    .chain((ids) =>
      fc
        .array(fc.constantFrom('http', 'tcp', 'web'), {
          minLength: ids.length,
          maxLength: ids.length,
        })
        .map((ports) =>
          ids.map((id, n) =>
            service(id.split('/')[0] ?? '', id.split('/')[1] ?? '', 8080, ports[n]),
          ),
        ),
    );
  return fc
    .tuple(
      services,
      of('VirtualService', 'vs', vs),
      of('DestinationRule', 'dr', rule),
      of('Sidecar', 'sc', sidecar),
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
