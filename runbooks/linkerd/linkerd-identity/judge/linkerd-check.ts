// What linkerd check says of certificates, and nothing here has seen: it reads the Secrets.
import { inspect, skip, valueOf } from '../../../../src/authoring.ts';
import { linkerdCheck as checksOf } from '../../../../src/facts/linkerd/check.ts';
import { linkerd } from '../../../../src/meshes/linkerd/commands.ts';
import { caseOf, installOf } from '../case.ts';
import { gathered, identityCheck, inPlane, rootOf } from '../checks.ts';
import { tell } from '../says.ts';
import { ofSigning } from './issuer.ts';
import { ofWebhooks, webhooks } from './webhooks.ts';

const ours = ['linkerd-identity', 'linkerd-webhooks-and-apisvc-tls'];

export const linkerdCheck = identityCheck({
  id: 'check',
  asks: 'What does linkerd check report about certificates?',
  why: 'It reads the Secrets with your rights, so it may see what meshdoc cannot.',
  uses: [checksOf],
  ...inPlane,
  gather: (look, _, earlier) => {
    const version = valueOf(earlier.mesh)?.config?.version;
    return look(checksOf, { of: 'core', root: rootOf(earlier), version });
  },
  sees: { ...gathered, webhooks },
  judge: (got, seen, asked) => {
    if (got.kind === 'absent') return skip('linkerd is not on the PATH');
    if (got.kind !== 'known' || seen.mesh?.kind !== 'known') return [];
    const failed = got.value.find(
      ({ category, result }) => result === 'error' && ours.includes(category),
    );
    if (!failed) return [];
    const { category, description, error: line } = failed;
    const same =
      category === 'linkerd-identity'
        ? ofSigning(caseOf(seen, asked))
        : seen.webhooks && ofWebhooks(seen.webhooks, seen, asked);
    // The same fault was found without it.
    if (same && same.length > 0) return [];
    const { root, verify } = installOf(seen, asked);
    const see = inspect(
      'Read the full output of linkerd check',
      linkerd`check -L ${root} --wait 0s`,
      verify,
    );
    return [tell('check-says', { description, line }, { from: [got], sure: false, fixes: [see] })];
  },
});
