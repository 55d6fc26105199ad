// A route that lets one host through an EgressNetwork that denies (https://linkerd.io/2/features/egress/).
import {
  inspect,
  kubectl,
  type Command,
  type Destination,
  type Fix,
  type KubeObject,
} from '../../../src/authoring.ts';
import { isAddress, type Refusing, type Spoken } from '../../../src/model/linkerd/policy/egress.ts';
import { gatewayGroup, policyGroup } from '../../../src/model/linkerd/policy/refs.ts';
import { policyText } from './words.ts';

export type Opening = {
  readonly by: KubeObject;
  readonly outside: NonNullable<Destination['outside']>;
  readonly because: Refusing;
  readonly spoken: Spoken;
  readonly again: Command;
};
type Route = {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
};

const tlsRoute: Route = {
  group: gatewayGroup,
  version: 'v1alpha2',
  kind: 'TLSRoute',
  plural: 'tlsroutes',
};
const httpRoute: Route = {
  group: policyGroup,
  version: 'v1beta3',
  kind: 'HTTPRoute',
  plural: 'httproutes',
};

export function readNetwork({ metadata }: KubeObject, again: Command): Fix {
  const { name, namespace = '' } = metadata;
  const run = kubectl`get egressnetworks.${policyGroup} ${name} -n ${namespace} -o yaml`;
  return inspect(`Read EgressNetwork ${namespace}/${name}`, run, again);
}

/** Empty where it is not known which kind of route would be in force. */
export function openHost(opening: Opening, takesTlsRoutes: boolean): readonly Fix[] {
  const { by, outside, again } = opening;
  const kind = kindFor(opening, takesTlsRoutes);
  if (!kind) return [];
  const { name, namespace = '' } = by.metadata;
  const route = `allow-${outside.host.replace(/[^a-z0-9-]/g, '-')}-${outside.port}`;
  const parent = { group: policyGroup, kind: 'EgressNetwork', name };
  const object = {
    apiVersion: `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: { name: route, namespace },
    spec: {
      hostnames: [outside.host],
      parentRefs: [{ ...parent, namespace, port: outside.port }],
      rules: [{ backendRefs: [parent] }],
    },
  };
  const only = kind === tlsRoute ? ' Once a TLSRoute is attached, the port takes only TLS.' : '';
  return [
    {
      does: `Add ${kind.kind} ${route} to let ${outside.host} through`,
      run: { ...kubectl`apply -f -`, stdin: JSON.stringify(object) },
      risk: 'changes-security',
      touches: `every pod that obeys ${policyText(by)}: ${outside.host}:${outside.port} is open to all of them`,
      undo: { run: kubectl`delete ${`${kind.plural}.${kind.group}/${route}`} -n ${namespace}` },
      verify: again,
      note: `Ask first whether the host is meant to be closed.${only}`,
    },
  ];
}

function kindFor(
  { because, spoken, outside }: Opening,
  takesTlsRoutes: boolean,
): Route | undefined {
  if (isAddress(outside.host)) return undefined;
  const among = because.is === 'no-host' ? because.routes[0]?.kind : undefined;
  if (because.is === 'no-host') {
    if (among === 'TLSRoute') return tlsRoute;
    return among === 'HTTPRoute' && (spoken === 'http' || outside.port === 80)
      ? httpRoute
      : undefined;
  }
  if (because.is !== 'routeless') return undefined;
  if (spoken === 'http' || (spoken === 'unknown' && outside.port === 80)) return httpRoute;
  return outside.port === 443 && takesTlsRoutes ? tlsRoute : undefined;
}
