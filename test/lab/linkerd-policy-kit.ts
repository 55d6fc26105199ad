// What the faults of `linkerd-policy` are made of. Policies are real objects; what a proxy would log and count of the
// requests that they deny is told to the fake one (lines as a real linkerd2-proxy edge-26.8 wrote them).
import { apply, kubectl } from './cluster.ts';
import type { Fault } from './faults.ts';
import type { FaultContext, Lab, LabPod } from './lab.ts';
import { linkerdFault, podOf, setProxy, type LogLine, type Stream } from './linkerd-kit.ts';

type Ref = { readonly group: string; readonly kind: string; readonly name: string };
const ns = 'emojivoto';
export const group = 'policy.linkerd.io';
const from = 'inbound:server{port=8080}: linkerd_app_inbound::policy::http';
const meshedFrom = 'inbound:server{port=4143}: linkerd_app_inbound::policy::http';

export const byDefault = (name: string): Ref => ({ group: '', kind: 'default', name });
export const byServer = (name: string): Ref => ({ group, kind: 'server', name });

export const identityOf = (account: string, namespace = ns): string =>
  `${account}.${namespace}.serviceaccount.identity.linkerd.cluster.local`;

/** vote-bot runs as the namespace's default account, and calls web-svc:80. */
export const call = (): FaultContext => ({
  target: `deploy/vote-bot.${ns} svc/web-svc.${ns}:80`,
});

const yaml = (version: string, kind: string, name: string, spec: string, namespace = ns): string =>
  `apiVersion: ${group}/${version}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace}, labels: { lab.meshdoc.dev/fault: linkerd } }
spec:
${spec
  .trim()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

/** Selects port 8080 of web. */
export const server = (name = 'web-http', port: number | string = 8080, more = ''): string =>
  yaml(
    'v1beta3',
    'Server',
    name,
    `podSelector: { matchLabels: { app: web-svc } }\nport: ${port}\nproxyProtocol: HTTP/1${more}`,
  );

export const policy = (name: string, target: string, requires: string, namespace = ns): string =>
  yaml(
    'v1alpha1',
    'AuthorizationPolicy',
    name,
    `targetRef: ${target}\nrequiredAuthenticationRefs: ${requires}`,
    namespace,
  );

export const atServer = (name = 'web-http'): string =>
  `{ group: ${group}, kind: Server, name: ${name} }`;
export const account = (name: string): string =>
  `[{ kind: ServiceAccount, name: ${name}, namespace: ${ns} }]`;

export const authentication = (kind: 'MeshTLS' | 'Network', name: string, spec: string): string =>
  yaml('v1alpha1', `${kind}Authentication`, name, spec);
export const requires = (kind: 'MeshTLS' | 'Network', name: string): string =>
  `[{ group: ${group}, kind: ${kind}Authentication, name: ${name} }]`;

export const route = (name: string, rules: string, parent = 'web-http'): string =>
  yaml('v1beta3', 'HTTPRoute', name, `parentRefs: [${atServer(parent)}]\nrules: ${rules}`);

/** What the policy controller writes, which the lab has not. */
export async function accept(
  name: string,
  status: 'True' | 'False',
  parent = 'web-http',
): Promise<void> {
  const reason = status === 'True' ? 'Accepted' : 'NoMatchingParent';
  const condition = { type: 'Accepted', status, reason, message: '' };
  const parentRef = { group, kind: 'Server', namespace: ns, name: parent };
  const conditions = [{ ...condition, lastTransitionTime: new Date().toISOString() }];
  const parents = [{ controllerName: 'linkerd.io/policy-controller', parentRef, conditions }];
  await kubectl(
    ...['-n', ns, 'patch', `httproutes.${group}`, name, '--subresource=status'],
    ...['--type=merge', '-p', JSON.stringify({ status: { parents } })],
  );
}

/** The proxy of web denies the meshed vote-bot, and says so. */
export async function denies(web: LabPod, by: Ref): Promise<void> {
  const caller = await podOf('vote-bot');
  const id = identityOf('default');
  await setProxy(web, {
    traffic: [stream(by, { is: 'true', peer: id })],
    log: [line(meshedFrom, by, meshed(id), caller.ip)],
  });
}

/** The same of a caller without a proxy. */
export async function deniesPlain(web: LabPod, by: Ref, ip: string): Promise<void> {
  await setProxy(web, {
    traffic: [stream(by, { is: 'no_identity', reason: 'no_tls_from_remote' })],
    log: [line(from, by, 'None(NoClientHello)', ip)],
  });
}

function stream(by: Ref, tls: Stream['tls']): Stream {
  const more = { server: by, route: byDefault('default'), denied: true } as const;
  return { direction: 'inbound', protocol: 'http', port: 8080, tls, rate: 2, ...more };
}

const meshed = (id: string): string =>
  `Some(Established { client_id: Some(ClientId(Dns(Name("${id}")))), negotiated_protocol: Some("transport.l5d.io/v1") })`;

function line(where: string, by: Ref, tls: string, ip: string): LogLine {
  const server = `server.group=${by.group} server.kind=${by.kind} server.name=${by.name}`;
  const taken = 'route.group= route.kind=default route.name=default';
  const text = `Request denied ${server} ${taken} client.tls=${tls} client.ip=${ip}`;
  return { level: 'INFO', from: where, text };
}

/** A fault of policies alone; `then` tells the proxy what it makes of them. */
export function policyFault(
  name: string,
  does: string,
  objects: readonly string[],
  then: (web: LabPod, lab: Lab) => Promise<FaultContext | void> = async () => {},
): Fault {
  return linkerdFault(`linkerd-policy-${name}`, does, async (lab) => {
    if (objects.length > 0) await apply(objects.join('---\n'));
    return (await then(await podOf('web'), lab)) ?? call();
  });
}
