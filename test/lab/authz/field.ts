// Where generated policies are tried: a few namespaces with one destination each, so that several sets of
// policies are in force at a time, and the callers of the shop and of `plain`.
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { getJson, kubectl } from '../cluster.ts';
import type { Lab, LabPod } from '../lab.ts';
import { podNetns } from '../paths.ts';
import { sleep, until } from '../sh.ts';
import { Hands } from './hands.ts';

export const namespaces = ['authz-0', 'authz-1', 'authz-2', 'authz-3'] as const;
/** Here RequestAuthentication reads tokens. */
export const withJwt: readonly string[] = ['authz-1', 'authz-3'];
export const issuer = 'https://issuer.lab/one';

/** Of the sniffed ones the proxy finds out by the first bytes what they are. */
export const ports = {
  http: { service: 80, container: 8080 },
  tcp: { service: 9000, container: 9090 },
  sniffedHttp: { service: 7000, container: 7070 },
  sniffedTcp: { service: 7001, container: 7071 },
};

export type Destination = {
  readonly namespace: string;
  readonly pod: LabPod;
  readonly labels: Readonly<Record<string, string>>;
  readonly clusterIp: string;
  readonly hands: Hands;
};
export type Caller = { readonly pod: LabPod; readonly hands: Hands };
export type Field = {
  readonly destinations: readonly Destination[];
  readonly callers: Readonly<Record<'web' | 'cart' | 'legacy', Caller>>;
  readonly key: KeyObject;
};

const server = `
const { createServer } = require('node:http');
for (const port of [8080, 7070]) createServer((_, answer) => answer.end('ok')).listen(port, '0.0.0.0');
for (const port of [9090, 7071]) {
  require('node:net').createServer((s) => s.on('error', () => {}).pipe(s)).listen(port, '0.0.0.0');
}
`;

/** A client's pooled connection would still have the rules it was made under. */
const destination = (namespace: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: ${namespace}, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: dest, namespace: ${namespace} }
spec:
  selector: { app: dest }
  ports:
    - { name: http, port: ${ports.http.service}, targetPort: ${ports.http.container} }
    - { name: tcp, port: ${ports.tcp.service}, targetPort: ${ports.tcp.container} }
    - { name: any, port: ${ports.sniffedHttp.service}, targetPort: ${ports.sniffedHttp.container} }
    - { name: other, port: ${ports.sniffedTcp.service}, targetPort: ${ports.sniffedTcp.container} }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: dest, namespace: ${namespace} }
spec:
  host: dest.${namespace}.svc.cluster.local
  trafficPolicy: { connectionPool: { http: { maxRequestsPerConnection: 1 } } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: dest, namespace: ${namespace} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: dest, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: dest } }
  template:
    metadata: { labels: { app: dest, version: v1, lab.meshdoc.dev/run: real } }
    spec:
      serviceAccountName: dest
      containers:
        - name: app
          image: lab/app:1
          command: [node, -e, ${JSON.stringify(server)}]
          ports: [{ containerPort: 8080 }, { containerPort: 9090 }]
---
`;

function authentication(namespace: string, key: KeyObject): string {
  const jwks = JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), kid: 'lab' }] });
  return `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: tokens, namespace: ${namespace} }
spec: { jwtRules: [{ issuer: '${issuer}', jwks: '${jwks}' }] }
---
`;
}

export async function makeField(mesh: Lab): Promise<Field> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await mesh.apply(namespaces.map(destination).join(''));
  await mesh.apply(withJwt.map((namespace) => authentication(namespace, publicKey)).join(''));
  const destinations = await Promise.all(namespaces.map((namespace) => ready(mesh, namespace)));
  const [web, cart] = [await mesh.pod('web'), await mesh.pod('cart')];
  const legacy = await legacyPod();
  const caller = (pod: LabPod): Caller => ({ pod, hands: new Hands(pod.netns) });
  await sleep(1000);
  return {
    destinations,
    callers: { web: caller(web), cart: caller(cart), legacy: caller(legacy) },
    key: privateKey,
  };
}

export async function clearField(mesh: Lab, field: Field | undefined): Promise<void> {
  for (const { hands } of [
    ...(field?.destinations ?? []),
    ...Object.values(field?.callers ?? {}),
  ]) {
    hands.close();
  }
  const gone = ['delete', '--ignore-not-found', '--wait=false'];
  await mesh.kubectl(...gone, 'namespace', ...namespaces);
}

async function ready(mesh: Lab, namespace: string): Promise<Destination> {
  const roll = ['rollout', 'status', 'deployment/dest', '--timeout=120s'];
  await mesh.kubectl('-n', namespace, ...roll);
  const pod = await mesh.pod('dest', namespace);
  const { metadata } = await getJson<{ metadata: { labels: Record<string, string> } }>(
    '-n',
    namespace,
    'pod',
    pod.name,
  );
  const service = await getJson<{ spec: { clusterIP: string } }>(
    '-n',
    namespace,
    'service',
    'dest',
  );
  const hands = new Hands(pod.netns);
  await until(
    `the listeners of dest.${namespace}`,
    async () => (await inboundHas(hands, 'virtualInbound')) || undefined,
  );
  return { namespace, pod, labels: metadata.labels, clusterIp: service.spec.clusterIP, hands };
}

async function legacyPod(): Promise<LabPod> {
  const ip = await kubectl('-n', 'plain', 'get', 'pod', 'legacy', '-o', 'jsonpath={.status.podIP}');
  return { namespace: 'plain', name: 'legacy', ip, netns: podNetns('plain', 'legacy') };
}

/** Does the proxy's own inbound listener mention this? */
export async function inboundHas(hands: Hands, text: string): Promise<boolean> {
  const path = '/config_dump?resource=dynamic_listeners&name_regex=virtualInbound';
  const answer = await hands.http({ host: '127.0.0.1', port: 15000, path, contains: text });
  return answer.has === true;
}

/** A token as the issuer of the field signs it. */
export function token(key: KeyObject, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'RS256', kid: 'lab', typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${sign('sha256', Buffer.from(head), key).toString('base64url')}`;
}
