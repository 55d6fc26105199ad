// How `linkerd-identity` concludes about what the API server calls, and about what linkerd check adds.
import { cite, skip, valueOf, type Known, type Skip } from '../../../../src/authoring.ts';
import { validity, trustIn } from '../rules.ts';
import type {
  Served,
  WebhookCertificates,
} from '../../../../src/facts/linkerd/identity/webhook-certificates.ts';
import { isSignedBy, type Certificate } from '../../../../src/model/certificates/x509.ts';
import { anchors, issuer, service } from './issuer.ts';
import {
  placeSlots,
  styleSlots,
  whenText,
  type IdentitySay,
  type Input,
  type ServedBy,
  type Sofar,
} from '../view.ts';

export function webhooks(sofar: Sofar, say: IdentitySay, input: Input): void {
  const found = sofar.webhooks;
  if (!found) return;
  for (const answer of [found.all, found.tap]) {
    if (answer.kind !== 'known') continue;
    for (const one of answer.value.all) bundle(one, answer, sofar, say, input);
  }
  for (const one of found.served) served(one, sofar, say, input);
}

function bundle(
  one: Served,
  from: Known<WebhookCertificates>,
  sofar: Sofar,
  say: IdentitySay,
  input: Input,
): void {
  const { now } = from.value;
  const place = placeSlots(sofar, input);
  const slots = {
    ...place,
    style: one.kept ? 'cert-manager' : styleSlots(sofar).style,
    kind: one.kind,
    viz: one.service.namespace === place.root ? 'no' : 'yes',
    name: one.name,
    effect: effectOf(one),
  };
  if (one.unavailable !== undefined) {
    say('tap-unavailable', { ...place, line: one.unavailable }, from);
  }
  const last = (one.bundle ?? []).toSorted((a, b) => b.until - a.until)[0];
  if (!last) say('webhook-no-bundle', slots, from);
  else if (validity(last, now) === 'expired')
    say('webhook-expired', { ...slots, when: whenText(last.until, now) }, from);
  else if (validity(last, now) === 'soon' && !one.kept) {
    const when = whenText(last.until, now);
    say('webhook-ends-soon', { ...slots, when }, from);
  }
}

/** Who is affected: each webhook has a part of its own. */
function effectOf({ service, failurePolicy }: Served): string {
  const fails = failurePolicy === 'Fail';
  switch (service.name) {
    case 'linkerd-proxy-injector':
      return fails
        ? 'No pod can be created in namespaces that are injected. What runs goes on.'
        : 'New pods are created without a proxy, and nothing says so. What runs goes on.';
    case 'linkerd-sp-validator':
      return fails
        ? 'ServiceProfiles can be neither created nor changed. Traffic goes on.'
        : 'ServiceProfiles are taken unchecked. Traffic goes on.';
    case 'linkerd-policy-validator':
      return fails
        ? "Linkerd's policies and routes can be neither created nor changed. Traffic goes on."
        : "Linkerd's policies and routes are taken unchecked. Traffic goes on.";
    case 'tap':
      return 'linkerd viz tap and top do not work. Metrics and traffic go on.';
    default:
      return 'New pods are created without what it adds (tap). Metrics and traffic go on.';
  }
}

/** What the pod serves, held against what the API server trusts. */
function served(one: ServedBy, sofar: Sofar, say: IdentitySay, input: Input): void {
  const { all, tap } = sofar.webhooks ?? {};
  const trusted = [...(valueOf(all)?.all ?? []), ...(valueOf(tap)?.all ?? [])].find(
    ({ name }) => name === one.configuration,
  );
  const seen = valueOf(one.certificate);
  if (seen?.is !== 'presented' || one.certificate.kind !== 'known') return;
  // A bundle that ended, or that is none, is said of the bundle.
  const bundled = (trusted?.bundle ?? []).filter(({ until }) => until >= seen.now);
  if (!trusted || bundled.length === 0) return;
  const why = whyUntrusted(seen.leaf, seen.issuers, bundled, one.host, seen.now);
  if (why === undefined) return;
  const slots = {
    ...placeSlots(sofar, input),
    pod: one.pod.ref,
    name: one.configuration,
    why,
    effect: effectOf(trusted),
    deployment: one.pod.workload?.name ?? one.pod.ref.name,
    namespace: one.pod.ref.namespace,
  };
  say('webhook-untrusted', slots, ...cite(one.certificate, all, tap));
}

function whyUntrusted(
  leaf: Certificate,
  above: readonly Certificate[],
  anchors: readonly Certificate[],
  host: string,
  now: number,
): string | undefined {
  if (leaf.until < now) return `it expired ${whenText(leaf.until, now)}`;
  const same = anchors.some(({ fingerprint }) => fingerprint === leaf.fingerprint);
  const signed = anchors.some((anchor) => isSignedBy(leaf, anchor));
  if (!same && !signed && trustIn(leaf, above, anchors, now).is === 'untrusted')
    return `${leaf.subject || 'it'} is signed by none of it`;
  return leaf.names.includes(host) ? undefined : `it is not for ${host}`;
}

/** Errors of linkerd check that nothing here has seen: it reads the Secrets. */
export function check(sofar: Sofar, say: IdentitySay, input: Input): undefined | Skip {
  const { check: answer, mesh } = sofar;
  if (answer?.kind === 'absent') return skip('linkerd is not on the PATH');
  if (answer?.kind !== 'known' || mesh?.kind !== 'known') return undefined;
  const ours = ['linkerd-identity', 'linkerd-webhooks-and-apisvc-tls'];
  const failed = answer.value.find(
    ({ category, result }) => result === 'error' && ours.includes(category),
  );
  if (!failed || isSeen(failed.category, sofar, input)) return undefined;
  const { description, error: line } = failed;
  say.likely('check-says', { ...placeSlots(sofar, input), description, line }, answer);
  return undefined;
}

/** Whether the same trouble was found without it. */
function isSeen(category: string, sofar: Sofar, input: Input): boolean {
  const said: string[] = [];
  const note = (id: string) => said.push(id);
  const say = Object.assign(note, { likely: note }) as unknown as IdentitySay;
  if (category === 'linkerd-identity') {
    anchors(sofar, say, input);
    issuer(sofar, say, input);
    service(sofar, say, input);
  } else webhooks(sofar, say, input);
  return said.length > 0;
}
