// What can be done about a gateway that lacks a port or a certificate.
import {
  inspect,
  kubectl,
  piped,
  words,
  type Command,
  type Fix,
  type PodRef,
} from '../../../../src/authoring.ts';
import type { Credential } from '../../../../src/model/istio/credentials.ts';
import type { Gateway } from '../../../../src/model/istio/effect/gateway.ts';
import type {
  GatewayServicePort,
  OpenedPort,
} from '../../../../src/model/istio/effect/gateway-ports.ts';

type Secret = Pick<Credential, 'namespace' | 'name'>;

export function readGateway({ object, namespace }: Gateway, verify: Command): Fix {
  const { name } = object.metadata;
  return inspect(
    `Read Gateway ${name}`,
    kubectl`get gateways.networking.istio.io ${name} -n ${namespace} -o yaml`,
    verify,
  );
}

/** The Service's port leads to one above 1024, which Envoy then opens. */
export function openAnother(
  { gateway, server, by }: OpenedPort,
  ports: readonly GatewayServicePort[],
  verify: Command,
): readonly Fix[] {
  const [any] = ports;
  const to = unused(server.port + 8000, ports);
  const patch = (of: GatewayServicePort, operations: readonly object[]) =>
    kubectl`patch service ${of.service.name} -n ${of.service.namespace} --type=json -p
      ${JSON.stringify(operations)}`;
  const shared = {
    risk: 'changes-traffic',
    touches: `port ${server.port} of the gateway's Service; Envoy then listens on ${to}`,
    verify,
  } as const;
  if (by?.targetPort !== undefined) {
    const at = `${by.at}/targetPort`;
    const change = (from: number, value: number) => [
      { op: 'test', path: at, value: from },
      { op: 'replace', path: at, value },
    ];
    return [
      {
        ...shared,
        does: `Map port ${server.port} of Service ${by.service.name} to ${to}`,
        run: patch(by, change(by.targetPort, to)),
        undo: { run: patch(by, change(to, by.targetPort)) },
      },
    ];
  }
  if (!any?.named) return [readGateway(gateway, verify)];
  const port = { name: `port-${server.port}`, port: server.port, targetPort: to };
  const place = `/spec/ports/${any.of}`;
  return [
    {
      ...shared,
      does: `Add port ${server.port} to Service ${any.service.name}, mapped to ${to}`,
      run: patch(any, [{ op: 'add', path: '/spec/ports/-', value: port }]),
      undo: {
        run: patch(any, [
          { op: 'test', path: `${place}/port`, value: server.port },
          { op: 'remove', path: place },
        ]),
      },
    },
  ];
}

function unused(wanted: number, ports: readonly GatewayServicePort[]): number {
  const taken = new Set(ports.flatMap(({ port, targetPort }) => [port, targetPort]));
  return taken.has(wanted) ? unused(wanted + 1, ports) : wanted;
}

export function lookForSecret({ namespace, name }: Secret, verify: Command): readonly Fix[] {
  return [
    inspect(
      `See whether ${namespace} has the Secret, and which keys it holds`,
      kubectl`describe secret ${name} -n ${namespace}`,
      verify,
    ),
    inspect(
      'See whether another namespace has it',
      kubectl`get secrets -A --field-selector metadata.name=${name}`,
      verify,
    ),
  ];
}

/** The public key of the certificate and of the key: they must be the same. */
export function compareKeys({ namespace, name }: Secret, verify: Command): readonly Fix[] {
  const part = (key: string) =>
    kubectl`get secret ${name} -n ${namespace} -o ${`jsonpath={.data.${key}}`}`;
  return [
    inspect(
      'See the public key of its certificate',
      piped(part('tls\\.crt'), words`sh -c ${'base64 -d | openssl x509 -noout -pubkey'}`),
      verify,
    ),
    inspect(
      'See the public key of its private key: it must be the same',
      piped(part('tls\\.key'), words`sh -c ${'base64 -d | openssl pkey -pubout'}`),
      verify,
    ),
  ];
}

// istio/istio manifests/charts/gateway/templates/role.yaml
export function allowSecrets(pod: PodRef, account: string, verify: Command): readonly Fix[] {
  const { namespace } = pod;
  const name = `${account}-secrets`;
  const metadata = { name, namespace };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const role = {
    ...{ apiVersion, kind: 'Role', metadata },
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
  };
  const binding = {
    ...{ apiVersion, kind: 'RoleBinding', metadata },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [role, binding] };
  return [
    {
      does: `Let ServiceAccount ${account} read the Secrets of ${namespace}`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(list) },
      risk: 'changes-security',
      touches: `every pod of ServiceAccount ${namespace}/${account}: they can read all Secrets of ${namespace}`,
      undo: { run: kubectl`delete role,rolebinding ${name} -n ${namespace}` },
      verify,
      note: 'istiod sends the Secret when the gateway next connects (within half an hour) or the Secret changes; to have it at once, restart the gateway afterwards.',
    },
  ];
}
