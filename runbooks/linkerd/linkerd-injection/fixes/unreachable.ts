// Fixes for a webhook that gets no answer, or whose port is closed to the API server.
import { kubectl, valueOf, type Fix } from '../../../../src/authoring.ts';
import { injectorOf } from '../../../../src/model/linkerd/inject/plane.ts';
import { fixes } from '../fixes.ts';
import { injectorAt, type Failing } from '../trouble.ts';
import { letTrust } from './untrusted.ts';

export function mend(failing: Failing): readonly Fix[] {
  return failing.trouble?.is === 'untrusted' ? letTrust(failing) : letAnswer(failing);
}

export function letAnswer(failing: Failing): readonly Fix[] {
  const { view, subject, webhook, trouble } = failing;
  const isScaled = injectorOf(valueOf(view.plane))?.wanted === 0;
  if (trouble?.is === 'outage' && isScaled) return [scaleUp(failing), seePods(failing)];
  if (trouble?.is === 'blocked') return [allowApiServer(failing)];
  const { service, root } = injectorAt(failing);
  return service === undefined
    ? [fixes.seeUrl(subject, webhook?.configuration)]
    : [seePods(failing), fixes.seeEndpoints(subject, service, root)];
}

function seePods(failing: Failing): Fix {
  const { root } = injectorAt(failing);
  const component = 'linkerd.io/control-plane-component=proxy-injector';
  return fixes.lookAt(
    failing.subject,
    'See why the injector does not answer',
    kubectl`describe pods -n ${root} -l ${component}`,
  );
}

function scaleUp(failing: Failing): Fix {
  const { root, deployment } = injectorAt(failing);
  const scale = (n: number) => kubectl`scale deployment/${deployment} -n ${root} --replicas=${n}`;
  return {
    does: 'Start the injector again',
    run: scale(1),
    risk: 'restarts-control-plane',
    touches: 'the injector; running proxies do not need it',
    undo: { run: scale(0) },
    verify: kubectl`rollout status deployment/${deployment} -n ${root}`,
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there. A high-availability install has 3 replicas.',
  };
}

/** One more policy beside the one that blocks: NetworkPolicies only ever allow more. */
function allowApiServer(failing: Failing): Fix {
  const { root } = injectorAt(failing);
  const name = 'meshdoc-allow-api-server';
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: root },
    spec: {
      podSelector: { matchLabels: { 'linkerd.io/control-plane-component': 'proxy-injector' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8443, protocol: 'TCP' }] }],
    },
  };
  return {
    does: 'Allow the API server to reach port 8443 of the injector',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(policy, undefined, 2) },
    risk: 'changes-security',
    touches: `port 8443 of the injector in ${root}: it opens to everyone, but serves only the webhook`,
    undo: { run: kubectl`delete networkpolicy ${name} -n ${root}` },
    verify: fixes.verify(failing.subject),
    note: 'Restrict it to the addresses of the API server if you know them. A Linkerd Server and AuthorizationPolicy are not needed: the port is not proxied.',
  };
}
