// DestinationRules, and which of them a client's sidecar uses for a host.
import type { KubeObject } from '../../../core/object.ts';
import { matchesAll, type Labels } from '../../kube/labels.ts';
import type { ExportTo } from './export-to.ts';
import { exportedTo } from './export-to.ts';
import { mostSpecific, resolveHost } from './host-name.ts';
import { items, labels, part, record, strings, text } from '../../kube/loose.ts';
import type { Scene } from './scene.ts';

export type DestinationRule = {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly written: string;
  readonly exportTo: ExportTo;
  /** With one, it is for these workloads of its own namespace only. */
  readonly selector: Labels | undefined;
  readonly subsets: readonly { readonly name: string; readonly labels: Labels }[];
};

export function readDestinationRule(object: KubeObject, scene: Scene): DestinationRule {
  const { name, namespace = '' } = object.metadata;
  const written = text(object.spec, 'host') ?? '';
  const selector = record(part(object, 'spec').workloadSelector);
  const exported = strings(object.spec, 'exportTo');
  const byDefault = scene.defaultExportTo?.destinationRule ?? ['*'];
  return {
    object,
    namespace,
    name,
    host: resolveHost(written, namespace, scene.clusterDomain),
    written,
    // istio/istio pilot/pkg/model/push_context.go setDestinationRules
    exportTo: selector ? ['.'] : exported.length > 0 ? exported : byDefault,
    selector: selector && labels(selector, 'matchLabels'),
    subsets: items(object.spec, 'subsets').flatMap(({ is }) => {
      const subset = text(is, 'name');
      return subset === undefined ? [] : [{ name: subset, labels: labels(is, 'labels') }];
    }),
  };
}

/** Where istiod looks, in its order. */
export function lookedUpIn(scene: Scene, service: string): readonly string[] {
  return [...new Set([scene.pod.namespace, service, scene.rootNamespace])];
}

// pilot/pkg/model/push_context.go destinationRule: the client's namespace, the service's, the root; the first
// that has any for the host is the only one used, and there the most specific host.
export function rulesFor(
  all: readonly DestinationRule[],
  host: string,
  service: string,
  scene: Scene,
): readonly DestinationRule[] {
  const client = scene.pod.namespace;
  const local = client === scene.rootNamespace ? all.filter(isPrivate) : all.filter(isForItsOwn);
  const own = pick(local, client, host);
  if (own.length > 0) return own.filter((rule) => isFor(rule, scene));
  const exported = all.filter((rule) => !isPrivate(rule));
  for (const namespace of [service, scene.rootNamespace]) {
    const found = pick(exported, namespace, host).filter((rule) =>
      exportedTo(rule.exportTo, '', client),
    );
    if (found.length > 0) return found;
  }
  return [];
}

/** The rules of a namespace with the host that fits best. */
function pick(
  all: readonly DestinationRule[],
  namespace: string,
  host: string,
): readonly DestinationRule[] {
  const here = all.filter((rule) => rule.namespace === namespace);
  const best = mostSpecific(
    host,
    here.map((rule) => rule.host),
  );
  return here.filter((rule) => rule.host === best);
}

// pilot/pkg/model/sidecar.go DestinationRule
function isFor(rule: DestinationRule, scene: Scene): boolean {
  return !rule.selector || matchesAll(rule.selector, scene.pod.labels);
}

function isPrivate(rule: DestinationRule): boolean {
  const [only, more] = rule.exportTo;
  return more === undefined && (only === '.' || only === rule.namespace);
}

function isForItsOwn(rule: DestinationRule): boolean {
  return exportedTo(rule.exportTo, rule.namespace, rule.namespace);
}
