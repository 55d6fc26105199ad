// Which connections never reach a sidecar: by the arguments of istio-init, else by annotations.
import { describe, expect, test } from 'vitest';
import { readPod } from '../../../src/facts/kube/pod.ts';
import { inboundBypass, outboundBypass } from '../../../src/model/istio/interception.ts';

const prefix = 'traffic.sidecar.istio.io/';
const init = (...more: readonly string[]) => ['istio-iptables', '-b', '*', '-i', '*', ...more];
const pod = (
  annotations: Readonly<Record<string, string>>,
  args?: readonly string[],
  runAsUser?: number,
) =>
  readPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', namespace: 'shop', annotations },
    spec: {
      initContainers: args ? [{ name: 'istio-init', args }] : [],
      containers: [
        { name: 'app', ...(runAsUser === undefined ? {} : { securityContext: { runAsUser } }) },
        { name: 'istio-proxy', securityContext: { runAsUser: 1337 } },
      ],
    },
  });
const inbound = (...args: Parameters<typeof pod>) => inboundBypass(pod(...args), 8080)?.by;

describe('a request to a port', () => {
  test.each([
    [{}, init('-d', '15090,15021'), undefined],
    [{}, init('-d', '15090,8080'), 'argument -d ("15090,8080") of istio-init'],
    [{ [`${prefix}excludeInboundPorts`]: '8080' }, init('-d', '15090,8080'), 'annotation'],
    // An annotation that was added later changes nothing.
    [{ [`${prefix}excludeInboundPorts`]: '8080' }, init('-d', '15090'), undefined],
    [{ [`${prefix}excludeInboundPorts`]: '8080' }, undefined, 'annotation'],
    [{ [`${prefix}includeInboundPorts`]: '9090' }, undefined, 'annotation'],
    [{ [`${prefix}includeInboundPorts`]: '8080' }, undefined, undefined],
    [{ 'sidecar.istio.io/interceptionMode': 'NONE' }, undefined, 'annotation'],
  ])('%j, %j', (annotations, args, by) => {
    const found = inbound(annotations, args);
    expect(found === undefined ? undefined : found.startsWith(by ?? 'never')).toBe(by && true);
  });
});

describe('a connection of the pod', () => {
  const to = { port: 8080, ip: '10.96.4.4' };

  test('of the user of the proxy passes it by', () => {
    expect(outboundBypass(pod({}, init(), 1337), to)?.by).toContain('user 1337');
    expect(outboundBypass(pod({}, init(), 1000), to)).toBeUndefined();
    expect(inboundBypass(pod({}, init(), 1337), 8080)).toBeUndefined();
  });

  test.each([
    [init('-o', '8080'), true],
    [init('-x', '10.96.0.0/16'), true],
    [['istio-iptables', '-b', '*', '-i', '10.0.0.0/16'], true],
    [['istio-iptables', '-b', '*', '-i', '10.0.0.0/16', '-q', '8080'], false],
    [init('-o', '9090', '-x', '192.168.0.0/16'), false],
  ])('%j', (args, passes) => {
    expect(outboundBypass(pod({}, args), to) !== undefined).toBe(passes);
  });
});
