// Lines that a real linkerd2-proxy (edge-26.8, its own source) wrote; names of pods and addresses are the lab's.
import { expect, test } from 'vitest';
import {
  denialText,
  readDenial,
  readDenials,
} from '../../../../src/facts/linkerd/policy/denial-log.ts';

const id = 'vote-bot.emojivoto.serviceaccount.identity.linkerd.cluster.local';
const meshed = `[     8.052736s]  INFO ThreadId(01) inbound:server{port=4143}: linkerd_app_inbound::policy::http: Request denied server.group= server.kind=default server.name=deny route.group= route.kind=default route.name=default client.tls=Some(Established { client_id: Some(ClientId(Dns(Name("${id}")))), negotiated_protocol: Some("transport.l5d.io/v1") }) client.ip=10.244.16.15`;
const plain =
  '[    12.846990s]  INFO ThreadId(01) inbound:server{port=8080}: linkerd_app_inbound::policy::http: Request denied server.group= server.kind=default server.name=deny route.group= route.kind=default route.name=default client.tls=None(NoClientHello) client.ip=10.244.48.1';
const admin =
  '[    30.000001s]  INFO ThreadId(02) daemon:admin{listen.addr=0.0.0.0:4191}: linkerd_app_inbound::policy::http: Request denied server.group=policy.linkerd.io server.kind=server server.name=admin-only route.group=policy.linkerd.io route.kind=HTTPRoute route.name=metrics client.tls=None(NoClientHello) client.ip=10.244.48.1';
// In the words of linkerd2-proxy linkerd/app/inbound/src/policy/tcp.rs.
const closed =
  '[    40.000001s]  INFO ThreadId(01) inbound:server{port=5432}: linkerd_app_inbound::policy::tcp: Connection denied server.group=policy.linkerd.io server.kind=server server.name=db tls=None(PortSkipped) client=10.244.48.1:40312';

test('a meshed caller has an identity, and no port: it came in by that of the proxy', () => {
  expect(readDenial(meshed)).toEqual({
    of: 'request',
    port: undefined,
    server: { group: '', kind: 'default', name: 'deny' },
    route: { group: '', kind: 'default', name: 'default' },
    ip: '10.244.16.15',
    id,
    plaintext: false,
    at: 8.052736,
  });
});

test('one without a proxy has an address and a port', () => {
  expect(readDenial(plain)).toMatchObject({
    port: 8080,
    ip: '10.244.48.1',
    id: undefined,
    plaintext: true,
  });
});

test('the admin port is in the name of its server', () => {
  expect(readDenial(admin)).toMatchObject({
    port: 4191,
    server: { kind: 'server', name: 'admin-only' },
    route: { group: 'policy.linkerd.io', kind: 'HTTPRoute', name: 'metrics' },
  });
});

test('a connection has no route', () => {
  expect(readDenial(closed)).toMatchObject({
    of: 'connection',
    port: 5432,
    server: { name: 'db' },
    route: undefined,
    ip: '10.244.48.1',
  });
});

test('lines that are alike are one, with the latest time', () => {
  const later = plain.replace('12.846990s', '15.878048s');
  const [first, ...others] = readDenials([meshed, plain, later, 'another line']);
  expect(first).toMatchObject({ times: 2, at: 15.878048 });
  expect(others).toHaveLength(1);
  if (first)
    expect(denialText(first)).toBe(
      '2 requests from 10.244.48.1 without identity denied on port 8080, by the default policy deny',
    );
});
