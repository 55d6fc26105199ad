// Why an EgressNetwork denies, in words.
import { listed, type Destination, type KubeObject } from '../../../src/authoring.ts';
import { texts } from '../../../src/model/kube/read.ts';
import type { Refusing } from '../../../src/model/linkerd/policy/egress.ts';
import { mostNames, policyText } from './words.ts';

type Outside = NonNullable<Destination['outside']>;

const closed = 'its trafficPolicy is Deny';

export function refusingText(because: Refusing, { port }: Outside): string {
  switch (because.is) {
    case 'routeless':
      return `${closed}, and no route for port ${port} is attached to it`;
    case 'no-host':
      return `${closed}, and the attached routes are for other hosts: ${listed(because.routes.map(routeText), mostNames)}`;
    case 'not-accepted':
      return `${closed}, and ${routeText(because.route)} has no effect, as Linkerd has not accepted it`;
    case 'other-protocol':
      return `${closed}, and ${routeText(because.route)} lets only plain HTTP through${idleText(because.idle)}`;
  }
}

/** Of the kinds attached to one port only one is in force (linkerd2 policy-controller/grpc/src/outbound.rs to_proto). */
function idleText(idle: KubeObject | undefined): string {
  return idle ? `; ${routeText(idle)} has no effect next to it` : '';
}

/** `HTTPRoute shop/to-api (api.example.org)` */
export function routeText(route: KubeObject): string {
  const hosts = texts(route.spec, 'hostnames');
  return hosts.length === 0 ? policyText(route) : `${policyText(route)} (${listed(hosts, 2)})`;
}
