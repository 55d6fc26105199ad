// What can be done where nothing answers the webhook, or the API server may not come in.
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
    ? [fixes.seeUrl(subject, webhook?.configuration ?? '')]
    : [seePods(failing), fixes.seeEndpoints(subject, service, root)];
}

function seePods(failing: Failing): Fix {
  const { root } = injectorAt(failing);
  const component = 'linkerd.io/control-plane-component=proxy-injector';
  return fixes.lookAt(
    failing.subject,
    'See what keeps the injector from serving',
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
    touches: 'the injector; proxies that run do not need it',
    undo: { run: scale(0) },
    verify: kubectl`rollout status deployment/${deployment} -n ${root}`,
    note: 'If a HorizontalPodAutoscaler or GitOps set the 0, change it there. An install for high availability has 3.',
  };
}

/** One more policy beside the one that blocks: policies only ever add up. */
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
    does: 'Let the API server reach port 8443 of the injector',
    run: { ...kubectl`apply -f -`, stdin: JSON.stringify(policy, undefined, 2) },
    risk: 'changes-security',
    touches: `port 8443 of the injector in ${root}, for everybody; it serves nothing but the webhook`,
    undo: { run: kubectl`delete networkpolicy ${name} -n ${root}` },
    verify: fixes.verify(failing.subject),
    note: 'Narrow it to the addresses of the API server where they are known. A Server and an AuthorizationPolicy of Linkerd are not needed: the port is not proxied.',
  };
}
