// What mends a webhook that nobody answers or trusts, and what lets pods in that the API server refuses.
import { kubectl, type Fix } from '../../../../src/authoring.ts';
import type { Subject } from '../../../../src/model/kube/subject.ts';
import { scaleUp } from '../../../shared/istio/fixes.ts';
import type { Backend } from '../backend.ts';
import { lookAt, verify } from '../fixes.ts';

export function seeBackend(of: Subject, backend: Backend): readonly Fix[] {
  const { service, root, configuration, deployment } = backend;
  if (service === undefined) {
    return [
      lookAt(
        of,
        'See where the webhook leads: a URL, outside the Services of this cluster',
        kubectl`get mutatingwebhookconfiguration ${configuration}
          -o jsonpath={.webhooks[*].clientConfig.url}`,
      ),
    ];
  }
  return [
    ...(backend.scaledToZero ? [scaleUp(deployment, root, verify(of))] : []),
    lookAt(
      of,
      'See what answers at the Service of the webhook',
      kubectl`get endpointslices -n ${root} -l kubernetes.io/service-name=${service}`,
    ),
    lookAt(of, 'See what keeps istiod from serving', kubectl`get pods -n ${root} -l app=istiod`),
  ];
}

export function readBundle(of: Subject, { configuration }: Backend): Fix {
  return lookAt(
    of,
    'Read what the webhook trusts, in base64',
    kubectl`get mutatingwebhookconfiguration ${configuration}
      -o jsonpath={.webhooks[*].clientConfig.caBundle}`,
  );
}

/** istiod writes its certificate at its start. */
export function restartIstiod(of: Subject, { configuration, deployment, root }: Backend): Fix {
  return {
    does: `Restart istiod: at its start it writes its certificate into ${configuration}`,
    run: kubectl`rollout restart deployment/${deployment} -n ${root}`,
    risk: 'restarts-control-plane',
    touches: `istiod of ${root}, one pod after another; every proxy reconnects`,
    undo: { because: 'the new pods are made from the same template' },
    verify: verify(of),
    note: 'If Helm or GitOps empties the field again and again, leave caBundle out of what it compares.',
  };
}

/** It writes it into every configuration that has its revision as a label, and no other. */
export function labelConfiguration(of: Subject, configuration: string, revision: string): Fix {
  const label = (word: string) =>
    kubectl`label mutatingwebhookconfiguration ${configuration} ${word} --overwrite`;
  return {
    does: `Give ${configuration} back its label: istiod then writes its certificate into it`,
    run: label(`istio.io/rev=${revision}`),
    risk: 'changes-config',
    touches: 'the caBundle of this configuration; pods can be created again',
    undo: { run: label('istio.io/rev-') },
    verify: verify(of),
  };
}

/** Only `privileged` lets istio-init have NET_ADMIN. `level` is what the namespace enforces now. */
export function allowSidecar(of: Subject, level: string): Fix {
  const { namespace } = of.maker;
  const enforce = (to: string) =>
    kubectl`label namespace ${namespace} pod-security.kubernetes.io/enforce=${to} --overwrite`;
  return {
    does: `Let namespace ${namespace} have privileged pods, until istio-cni sets the redirect in its place`,
    run: enforce('privileged'),
    risk: 'changes-security',
    touches: `every pod of ${namespace} that is created from now on`,
    undo: { run: enforce(level) },
    verify: verify(of),
    note: 'With the istio-cni plugin no container needs NET_ADMIN, and the level can stay.',
  };
}
