// An upgrade to the same version writes whatever of the control plane is missing or out of date.
import { kubectl, piped, words, type Fix } from '../../../../src/authoring.ts';
import { linkerd } from '../../../../src/meshes/linkerd/commands.ts';
import type { Named } from '../../../shared/admission/fixes.ts';
import { fixes } from '../fixes.ts';

/** The CLI reads the values of the last install from the namespace of Linkerd. */
export function upgradeAgain(
  of: Named,
  root: string,
  said: Pick<Fix, 'does' | 'undo' | 'note'>,
): Fix {
  const upgrade =
    root === 'linkerd' ? linkerd`upgrade` : linkerd`upgrade --linkerd-namespace ${root}`;
  return {
    ...said,
    run: piped(upgrade, words`kubectl apply -f -`),
    risk: 'restarts-control-plane',
    touches: `the control plane in ${root}; running proxies keep working`,
    verify: fixes.verify(of),
  };
}

/** The webhook is gone: first it is created again, then the pods. */
export function bringWebhookBack(of: Named, root: string): Fix {
  return {
    ...upgradeAgain(of, root, {
      does: 'Create the webhook again with an upgrade to the same version',
      undo: {
        run: kubectl`delete mutatingwebhookconfiguration linkerd-proxy-injector-webhook-config`,
      },
      note: 'This is for an install with the CLI of the same version as the control plane. With Helm, run helm upgrade of linkerd-control-plane with the same values.',
    }),
  };
}
