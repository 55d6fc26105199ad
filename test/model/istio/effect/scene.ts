// Scenes for the tests, from a few lines of YAML. Everything is known unless a test says otherwise.
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../../src/core/object.ts';
import {
  evaluate,
  type Evaluation,
  type Problem,
  type Scene,
} from '../../../../src/model/istio/effect/evaluate.ts';

/** Three Services in two namespaces; the pod is shop/web. */
export const base = `
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 8080 }] }
---
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 8080 }] }
---
kind: Service
metadata: { name: pay, namespace: billing }
spec: { selector: { app: pay }, ports: [{ name: http, port: 8080 }] }
`;

export function objects(yaml: string): KubeObject[] {
  return parseAllDocuments(yaml).flatMap((document): KubeObject[] => {
    const object = document.toJSON() as KubeObject | null;
    return object ? [{ ...object, apiVersion: 'v1' }] : [];
  });
}

export function scene(yaml: string, more: Partial<Scene> = {}): Scene {
  return sceneOf(objects(`${base}---\n${yaml}`), more);
}

export function sceneOf(all: readonly KubeObject[], more: Partial<Scene> = {}): Scene {
  const of = (kind: string) => all.filter((object) => object.kind === kind);
  return {
    pod: { namespace: 'shop', name: 'web-1', labels: { app: 'web', version: 'v1' } },
    rootNamespace: 'istio-system',
    clusterDomain: 'cluster.local',
    services: of('Service'),
    servicesKnownIn: 'all',
    virtualServices: of('VirtualService'),
    destinationRules: of('DestinationRule'),
    serviceEntries: of('ServiceEntry'),
    sidecars: of('Sidecar'),
    gateways: of('Gateway'),
    ...more,
  };
}

export function judge(yaml: string, more: Partial<Scene> = {}): Evaluation {
  return evaluate(scene(yaml, more));
}

/** `host-missing VirtualService shop/cart`, with a `?` when it is not sure. */
export function short(problems: readonly Problem[]): string[] {
  return problems.map(
    ({ rule, sure, resource: { kind, namespace, name } }) =>
      `${rule}${sure ? '' : '?'} ${kind} ${namespace}/${name}`,
  );
}

/** The problems of a scene, in short. */
export function found(yaml: string, more: Partial<Scene> = {}): string[] {
  return short(judge(yaml, more).problems);
}

/** A VirtualService shop/NAME; `spec` is flow YAML without the braces. */
export function vs(spec: string, name = 'cart', namespace = 'shop', made = '01'): string {
  return `kind: VirtualService
metadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: '2026-01-${made}T00:00:00Z' }
spec: { ${spec} }
---
`;
}

export function rule(spec: string, name = 'cart', namespace = 'shop', made = '01'): string {
  return vs(spec, name, namespace, made).replace('VirtualService', 'DestinationRule');
}

export function sidecar(spec: string, name = 'default', namespace = 'shop', made = '01'): string {
  return vs(spec, name, namespace, made).replace('VirtualService', 'Sidecar');
}
