// A certificate that Envoy was sent and does not accept. Envoy's words name no Secret: where the Gateways of the pod name
// several, it is one of them.
import { listed, type Found, type PodRef, type Rest } from '../../../../src/authoring.ts';
import type { Credential } from '../../../../src/model/istio/credentials.ts';
import type { Refusal } from '../../../../src/model/istio/sync-verdict.ts';
import { again } from '../fixes.ts';
import { tell } from '../says.ts';
import { compareKeys } from './fixes.ts';

export function refusedCertificate(
  { error, by }: Refusal,
  all: readonly Credential[],
  pod: PodRef,
  from: Rest['from'],
): Found {
  const secrets = [...new Set(all.map(({ namespace, name }) => `Secret ${namespace}/${name}`))];
  const gateways = [...new Set(all.map(({ gateway }) => `Gateway ${gateway.id}`))];
  const [only = 'One of its Secrets', more] = secrets;
  const slots = {
    pod,
    resource: more === undefined ? only : `One of ${listed(secrets)}`,
    reason: error,
    hint: /KEY_VALUES_MISMATCH/.test(error)
      ? 'Its private key does not belong to its certificate.'
      : undefined,
    gateway: listed(gateways) || 'A Gateway',
  };
  const [first] = all;
  const sure = secrets.length === 1 && by !== 'log';
  return tell('certificate-refused', slots, {
    from,
    sure,
    fixes: sure && first ? compareKeys(first, again(pod)) : [],
  });
}
