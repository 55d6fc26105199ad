// Fixes for a webhook that gets no answer, or that the API server does not trust.
import { kubectl, type Fix } from '../../../../src/authoring.ts';
import type { Webhook } from '../../../../src/model/istio/inject/webhook.ts';
import type { Named } from '../../../shared/admission/fixes.ts';
import type { Failing } from '../../../shared/admission/mesh.ts';
import { scaleUp } from '../../../shared/istio/fixes.ts';
import { fixes } from '../fixes.ts';
import { isLeftover, istiodOf } from '../trouble.ts';
import type { View } from '../view.ts';

type Failed = Failing<View, Webhook>;

export function letAnswer({ view, subject, webhook }: Failed): readonly Fix[] {
  if (webhook?.backend.is !== 'service') {
    return [fixes.seeUrl(subject, webhook?.configuration)];
  }
  if (isLeftover(view, webhook)) return remove(subject, webhook);
  const { root, deployment, scaledToZero } = istiodOf(view, webhook);
  const pods = kubectl`get pods -n ${root} -l app=istiod`;
  return [
    ...(scaledToZero ? [scaleUp(deployment, root, fixes.verify(subject))] : []),
    fixes.seeEndpoints(subject, webhook.backend.name, root),
    fixes.lookAt(subject, 'See why istiod does not answer', pods),
  ];
}

/** Nobody will answer it again, and another webhook injects. */
function remove(subject: Named, { configuration }: Webhook): readonly Fix[] {
  const target = kubectl`get mutatingwebhookconfiguration ${configuration} -o yaml`;
  return [
    fixes.lookAt(subject, `Save the manifest of ${configuration}, to be able to undo`, target),
    {
      does: `Delete ${configuration}, which an older install left behind`,
      run: kubectl`delete mutatingwebhookconfiguration ${configuration}`,
      risk: 'changes-config',
      touches: 'every new pod that it selects: the API server no longer calls it',
      undo: { because: 'it comes back only from the saved manifest: kubectl create -f' },
      verify: fixes.verify(subject),
    },
  ];
}

export function letTrust(failing: Failed): readonly Fix[] {
  const { subject, webhook } = failing;
  const sign = webhook && !webhook.kept ? labelConfiguration(subject, webhook) : restart(failing);
  return [fixes.readBundle(subject, webhook?.configuration, '*'), sign];
}

/** istiod writes its certificate when it starts. */
function restart({ view, subject, webhook }: Failed): Fix {
  const istiod = istiodOf(view, webhook);
  return fixes.restartInjector(subject, istiod, {
    does: `Restart istiod, so that it writes its certificate into ${webhook?.configuration ?? ''}`,
    touches: `istiod in ${istiod.root}, one pod after another; every proxy reconnects`,
    note: 'If Helm or GitOps keeps emptying the field, make it ignore caBundle.',
  });
}

/** istiod writes its certificate only into configurations that have its revision as a label. */
function labelConfiguration(subject: Named, { configuration, revision }: Webhook): Fix {
  const label = (word: string) =>
    kubectl`label mutatingwebhookconfiguration ${configuration} ${word} --overwrite`;
  return {
    does: `Label ${configuration}, so that istiod writes its certificate into it`,
    run: label(`istio.io/rev=${revision}`),
    risk: 'changes-config',
    touches: 'the caBundle of this webhook; pods can be created again',
    undo: { run: label('istio.io/rev-') },
    verify: fixes.verify(subject),
  };
}
