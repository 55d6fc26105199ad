// Scenes, requests and policies of few words.
import type { Json, JsonObject, KubeObject } from '../../../../src/core/object.ts';
import {
  defaultSwitches,
  unknownRequest,
  type Request,
  type Scene,
} from '../../../../src/model/istio/authz/types.ts';
import { root, web } from './arbitrary.ts';

export const labels = { app: 'dest', version: 'v1' };

export function scene(
  authorizationPolicies: readonly KubeObject[],
  rest: Partial<Scene> = {},
): Scene {
  return {
    root,
    trustDomain: 'cluster.local',
    trustDomainAliases: [],
    point: { is: 'sidecar', namespace: 'shop', labels },
    authorizationPolicies,
    requestAuthentications: [],
    peerAuthentications: [],
    providers: [],
    switches: defaultSwitches,
    unseen: [],
    ...rest,
  };
}

/** A GET of /a by web, of which all is known. */
export function request(rest: Partial<Request> = {}): Request {
  return {
    ...unknownRequest(8080),
    source: { is: 'mtls', principal: web },
    sourceIp: '10.244.0.7',
    remoteIp: '10.244.0.7',
    destinationIp: '10.244.0.9',
    protocol: 'http',
    sni: '',
    path: '/a',
    method: 'GET',
    host: 'dest.shop',
    headers: { 'x-team': null },
    jwt: { is: 'none' },
    ...rest,
  };
}

type Spec = { readonly [key: string]: unknown };

export function policy(name: string, spec: Spec, meta: Partial<KubeObject['metadata']> = {}) {
  return object('AuthorizationPolicy', name, spec, meta);
}

export function object(
  kind: string,
  name: string,
  spec: Spec,
  meta: Partial<KubeObject['metadata']> = {},
): KubeObject {
  return {
    apiVersion: 'security.istio.io/v1',
    kind,
    metadata: { name, namespace: 'shop', ...meta },
    spec: spec as JsonObject,
  };
}

/** A rule from its fields: `{ methods: ['GET'], principals: [web] }`. */
export function rule(fields: Readonly<Record<string, readonly string[]>>): Json {
  const isOperation = (name: string): boolean => /^(not)?(hosts|methods|paths|ports)$/i.test(name);
  const pick = (wanted: boolean): JsonObject =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => isOperation(name) === wanted));
  const [source, operation] = [pick(false), pick(true)];
  return {
    ...(Object.keys(source).length > 0 ? { from: [{ source }] } : {}),
    ...(Object.keys(operation).length > 0 ? { to: [{ operation }] } : {}),
  };
}
