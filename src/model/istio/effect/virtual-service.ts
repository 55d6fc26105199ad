// A VirtualService as istiod reads it: names resolved, routes with the place they stand in the object.
import type { KubeObject } from '../../../core/object.ts';
import type { ExportTo } from './export-to.ts';
import { resolveHost } from './host-name.ts';
import {
  filled,
  items,
  number,
  part,
  record,
  strings,
  text,
  type Loose,
} from '../../kube/loose.ts';
import type { Scene } from './scene.ts';

export type Destination = {
  /** The object and the JSON pointer it is written at: a delegate's routes stand in the delegate. */
  readonly of: KubeObject;
  readonly at: string;
  readonly host: string;
  readonly written: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
  readonly mirror: boolean;
};
export type HttpRoute = {
  readonly of: KubeObject;
  readonly at: string;
  readonly name: string | undefined;
  readonly matches: readonly Loose[];
  readonly destinations: readonly Destination[];
  readonly delegate: { readonly namespace: string; readonly name: string } | undefined;
  /** All but its name and match: two routes with the same do the same. */
  readonly does: string;
};
export type StreamRoute = {
  readonly of: KubeObject;
  readonly at: string;
  readonly block: 'tcp' | 'tls';
  readonly matches: readonly Loose[];
  readonly destinations: readonly Destination[];
};
export type VirtualService = {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly name: string;
  /** None: a delegate. */
  readonly hosts: readonly string[];
  /** `mesh`, or `namespace/name` of a Gateway. */
  readonly gateways: readonly string[];
  readonly exportTo: ExportTo;
  readonly http: readonly HttpRoute[];
  readonly streams: readonly StreamRoute[];
};

type From = { readonly of: KubeObject; readonly namespace: string; readonly domain: string };

// istio/istio pilot/pkg/model/virtualservice.go ResolveVirtualServiceShortnames
export function readVirtualService(object: KubeObject, scene: Scene): VirtualService {
  const { name, namespace = '' } = object.metadata;
  const from = { of: object, namespace, domain: scene.clusterDomain };
  const gateways = strings(object.spec, 'gateways');
  const exported = strings(object.spec, 'exportTo');
  const streams = (block: 'tcp' | 'tls') =>
    items(object.spec, block).map(({ at, is }) => stream(is, block, `/spec/${block}/${at}`, from));
  return {
    object,
    namespace,
    name,
    hosts: strings(object.spec, 'hosts').map((host) => resolveHost(host, namespace, from.domain)),
    gateways: gateways.length === 0 ? ['mesh'] : gateways.map((one) => gateway(one, namespace)),
    exportTo: exported.length > 0 ? exported : (scene.defaultExportTo?.virtualService ?? ['*']),
    http: items(object.spec, 'http').map(({ at, is }) => http(is, `/spec/http/${at}`, from)),
    streams: [...streams('tcp'), ...streams('tls')],
  };
}

// pilot/pkg/model/config.go resolveGatewayName
export function gateway(written: string, namespace: string): string {
  if (written === 'mesh') return written;
  if (written.startsWith('./')) return `${namespace}/${written.slice(2)}`;
  if (written.includes('/')) return written;
  const [name = '', inNamespace = namespace] = written.split('.');
  return `${inNamespace}/${name}`;
}

// pilot/pkg/networking/core/route/route.go TranslateRoute: a redirect or a direct response has no destination.
function http(route: Loose, at: string, from: From): HttpRoute {
  const delegate = record(route.delegate);
  const answers = filled(route, 'redirect') || filled(route, 'directResponse');
  return {
    of: from.of,
    at,
    name: text(route, 'name'),
    matches: matches(route, from),
    destinations: answers ? [] : [...weighted(route, at, from), ...mirrors(route, at, from)],
    delegate: delegate && {
      namespace: text(delegate, 'namespace') ?? from.namespace,
      name: text(delegate, 'name') ?? '',
    },
    does: JSON.stringify({ ...route, name: undefined, match: undefined }),
  };
}

function stream(route: Loose, block: 'tcp' | 'tls', at: string, from: From): StreamRoute {
  return {
    of: from.of,
    at,
    block,
    matches: matches(route, from),
    destinations: weighted(route, at, from),
  };
}

/** With complete names of gateways. */
function matches(route: Loose, { namespace }: From): Loose[] {
  return items(route, 'match').map(({ is }) => {
    const names = strings(is, 'gateways');
    return names.length === 0
      ? is
      : { ...is, gateways: names.map((one) => gateway(one, namespace)) };
  });
}

// route.go applyHTTPRouteDestination, core/networkfilter.go buildOutboundNetworkFilters: of several
// destinations, those of weight 0 are left out; one alone is used whatever its weight.
function weighted(route: Loose, at: string, from: From): Destination[] {
  const all = items(route, 'route');
  const used = all.length === 1 ? all : all.filter(({ is }) => (number(is, 'weight') ?? 0) > 0);
  return used.flatMap(({ at: index, is }) =>
    destination(is.destination, `${at}/route/${index}/destination`, from),
  );
}

// route.go MirrorPercent, MirrorPercentByPolicy: a mirror of zero percent is left out.
function mirrors(route: Loose, at: string, from: From): Destination[] {
  const one =
    percent(route, 'mirrorPercentage') === 0
      ? []
      : destination(route.mirror, `${at}/mirror`, from, true);
  const more = items(route, 'mirrors').filter(({ is }) => percent(is, 'percentage') !== 0);
  return [
    ...one,
    ...more.flatMap(({ at: index, is }) =>
      destination(is.destination, `${at}/mirrors/${index}/destination`, from, true),
    ),
  ];
}

/** protobuf leaves a zero out, so an empty `{}` is 0 percent. */
function percent(of: Loose, key: string): number | undefined {
  return record(of[key]) && (number(part(of, key), 'value') ?? 0);
}

function destination(value: unknown, at: string, from: From, mirror = false): Destination[] {
  const written = text(value, 'host');
  if (written === undefined) return [];
  return [
    {
      of: from.of,
      at,
      host: resolveHost(written, from.namespace, from.domain),
      written,
      subset: text(value, 'subset'),
      port: number(part(value, 'port'), 'number'),
      mirror,
    },
  ];
}
