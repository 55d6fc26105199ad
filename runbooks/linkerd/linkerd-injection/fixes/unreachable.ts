// What can be done where nothing answers the webhook, or the API server may not come in.
import { kubectl, valueOf, type Fix } from '../../../../src/authoring.ts';
import type { Webhook } from '../../../../src/model/linkerd/inject/webhook.ts';
import { lookAt, verify, type Named } from '../fixes.ts';
import type { Trouble } from '../trouble.ts';
import type { View } from '../view.ts';

/** A webhook that is in trouble, and whose pods are without a proxy for it; which webhook is not always known. */
export type Failing = {
  readonly subject: Named;
  readonly view: View;
  readonly webhook: Webhook | undefined;
  readonly trouble: Trouble | undefined;
};

/** Where the webhook leads; a URL has no Service to look at. */
export function injectorAt({ webhook, view: { plane } }: Failing) {
  const to = webhook?.backend;
  return to?.is === 'service'
    ? { service: to.name, root: to.namespace, deployment: to.name }
    : { root: valueOf(plane)?.namespace ?? 'linkerd', deployment: 'linkerd-proxy-injector' };
}

export function letAnswer(failing: Failing): readonly Fix[] {
  const { subject, webhook, trouble } = failing;
  if (trouble?.is === 'outage' && trouble.scaled) return [scaleUp(failing), seePods(failing)];
  if (trouble?.is === 'blocked') return [allowApiServer(failing)];
  const { service, root } = injectorAt(failing);
  if (service === undefined) {
    return [
      lookAt(
        subject,
        'See where the webhook leads: a URL, outside the Services of this cluster',
        kubectl`get mutatingwebhookconfiguration ${webhook?.configuration ?? ''}
          -o jsonpath={.webhooks[*].clientConfig.url}`,
      ),
    ];
  }
  return [
    seePods(failing),
    lookAt(
      subject,
      'See what answers at the Service of the webhook',
      kubectl`get endpointslices -n ${root} -l kubernetes.io/service-name=${service}`,
    ),
  ];
}

function seePods(failing: Failing): Fix {
  const { root } = injectorAt(failing);
  const component = 'linkerd.io/control-plane-component=proxy-injector';
  return lookAt(
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
    verify: verify(failing.subject),
    note: 'Narrow it to the addresses of the API server where they are known. A Server and an AuthorizationPolicy of Linkerd are not needed: the port is not proxied.',
  };
}
