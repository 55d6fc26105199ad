// How `linkerd-identity` concludes about proxies: their own certificates, the anchors they hold, and clocks.
import {
  cite,
  count,
  inspect,
  kubectl,
  listed,
  podText,
  skip,
  valueOf,
  type Fix,
  type Found,
  type Rest,
} from '../../../../src/authoring.ts';
import type { Pod } from '../../../../src/facts/kube/pod.ts';
import {
  anchorsIn,
  anchorsOf,
  identityOf,
} from '../../../../src/facts/linkerd/identity/meshed-pods.ts';
import { whenText } from '../../../../src/model/certificates/text.ts';
import { trustIn } from '../../../../src/model/certificates/trust.ts';
import type { Certificate } from '../../../../src/model/certificates/x509.ts';
import { linkerdRole } from '../../../../src/model/linkerd/mesh-pod.ts';
import { caseOf, knownOf, type Case } from '../case.ts';
import { gathered, identityCheck, type Sampled } from '../checks.ts';
import * as fixes from '../fixes.ts';
import type { LeafState } from '../leaf.ts';
import { tell } from '../says.ts';
import { logWords, ofClocks } from './clocks.ts';
import { canSign, hasExpired } from './issuer.ts';

export const leafs = identityCheck({
  id: 'leafs',
  asks: "Are the proxies' certificates valid, and are they renewed?",
  why: 'A proxy that cannot reach linkerd-identity keeps working until its certificate expires.',
  rulesOut: 'proxies with a bad certificate or other trust anchors',
  uses: [],
  sees: gathered,
  judge: (_, seen, asked) => {
    const c = caseOf(seen, asked);
    const judges = [ofBundles, ofTrustDomain, ofClocks, ofReach, ofLeafs];
    const found = judges.flatMap((of) => of(c));
    return found.length > 0 || (seen.proxies ?? []).length > 0
      ? found
      : skip('no proxy was found to check');
  },
});

/** Pods whose anchors are not those of the ConfigMap. */
function ofBundles({ seen, issuer, install }: Case): readonly Found[] {
  const { pods, anchors, proxies = [] } = seen;
  if (pods?.kind !== 'known' || anchors?.kind !== 'known') return [];
  const { current, above, confirmed: sure } = issuer;
  const { now, pem, anchors: all } = anchors.value;
  const other = pods.value.pods.filter(
    (pod) => linkerdRole(pod).is === 'meshed' && anchorsOf(pod, pem) === 'other',
  );
  const isUntrusted = (by: readonly Certificate[]): boolean =>
    current !== undefined &&
    by.length > 0 &&
    trustIn(current, above, by, Math.min(now, current.until)).is === 'untrusted';
  const refuse = other.filter((pod) => isUntrusted(anchorsIn(pod)));
  // With an issuer that the bundle does not lead to, these are the pods that still work: do not suggest to restart them.
  const old = isUntrusted(all) ? [] : other.filter((pod) => !refuse.includes(pod));
  const from = cite(pods, anchors, ...proxies.slice(0, 2).map(({ certificate }) => certificate));
  const rest = (some: readonly Pod[]) => ({ from, fixes: fixes.restartAll(some, install) });
  const total = count(pods.value.pods.length, 'meshed pod');
  return [
    ...who(refuse, total).map((slots) => tell('anchors-differ', slots, { ...rest(refuse), sure })),
    ...who(old, total).map((slots) => tell('anchors-old', slots, rest(old))),
  ];
}

function ofTrustDomain({ seen: { pods, mesh }, install }: Case): readonly Found[] {
  const domain = valueOf(mesh)?.config?.trustDomain;
  if (pods?.kind !== 'known' || mesh?.kind !== 'known' || domain === undefined) return [];
  const suffix = `.identity.${mesh.value.namespace}.${domain}`;
  const other = pods.value.pods.filter((pod) => identityOf(pod)?.endsWith(suffix) === false);
  const rest = { from: cite(pods, mesh), fixes: fixes.restartAll(other, install) };
  return who(other, count(pods.value.pods.length, 'meshed pod')).map((slots) =>
    tell('trust-domain-differs', { ...slots, domain }, rest),
  );
}

/** Why a proxy does not get its certificate, in its own words: the first that tells. */
function ofReach({ seen: { proxies = [] }, install }: Case): readonly Found[] {
  const { verify } = install;
  const found = proxies.flatMap((one) => {
    const { trouble, policies, certificate, presented } = one;
    const pod = one.pod.ref;
    const [blocking] = valueOf(policies)?.blocking ?? [];
    if (blocking && policies?.kind === 'known') {
      const { name, namespace } = blocking;
      const policy = kubectl`get networkpolicy ${name} -n ${namespace} -o yaml`;
      const from = cite(policies, trouble, certificate);
      const rest = {
        from,
        sure: false,
        fixes: [inspect(`Read NetworkPolicy ${podText(blocking)}`, policy, verify)],
      };
      return [tell('identity-blocked', { policy: podText(blocking), pod }, rest)];
    }
    if (trouble?.kind !== 'known' || trouble.value.failure?.because !== 'unreachable') return [];
    if (presented?.state === 'expired' && isShutOut(one)) return [];
    const line = logWords(trouble.value.failure.line);
    const rest = { from: cite(trouble, certificate), sure: false, fixes: reach(install) };
    return [tell('identity-unreachable', { pod, line }, rest)];
  });
  return found.slice(0, 1);
}

function reach({ root, verify }: fixes.Install): readonly Fix[] {
  const endpoints = kubectl`get endpointslices -n ${root}
    -l kubernetes.io/service-name=linkerd-identity-headless`;
  const policies = kubectl`get networkpolicies -n ${root} -o yaml`;
  const way = 'Read the NetworkPolicies: they must allow port 8080 of linkerd-identity';
  return [
    inspect('Check whether the Service has endpoints', endpoints, verify),
    inspect(way, policies, verify),
  ];
}

function ofLeafs(c: Case): readonly Found[] {
  const { proxies = [] } = c.seen;
  const inState = (state: LeafState) => proxies.filter((one) => one.presented?.state === state);
  const expired = inState('expired');
  const lockedOut = canSign(c) ? expired.filter(isLockedOut) : [];
  const others = expired.filter((one) => !lockedOut.includes(one));
  const overdue = inState('overdue');
  const without = proxies.filter(({ certificate }) => valueOf(certificate)?.is === 'none');
  const ends = (bad: readonly Sampled[]) => {
    const times = bad.flatMap(({ presented }) => presented?.leaf.until ?? []);
    return { when: whenText(Math.min(...times), c.now) };
  };
  const restart = (bad: readonly Sampled[]) => fixes.restartAll(podsOf(bad), c.install);
  // New pods get no certificate before the issuer is replaced.
  const later = (bad: readonly Sampled[]) =>
    hasExpired(c) ? restart(bad).map((fix) => ({ ...fix, turn: 'then' as const })) : restart(bad);
  const read = [fixes.readIdentity(c.install, 'Read the log of linkerd-identity')];
  return [
    ...ofBad(c, 'leaf-locked-out', lockedOut, ends, {
      // Its own log shows that it asked and was rejected.
      sure: lockedOut.every(isShutOut),
      fixes: restart(lockedOut),
    }),
    ...ofBad(c, 'leaf-expired', others, ends, { fixes: later(others) }),
    ...ofBad(c, 'leaf-overdue', overdue, ends, { fixes: read }),
    ...ofBad(c, 'no-leaf', without, ([one]) => ({ why: one && whyNone(one) }), { fixes: read }),
  ];
}

function ofBad(
  { seen: { proxies = [] } }: Case,
  id: 'leaf-locked-out' | 'leaf-expired' | 'leaf-overdue' | 'no-leaf',
  bad: readonly Sampled[],
  more: (bad: readonly Sampled[]) => { when: string } | { why: string | undefined },
  rest: Pick<Rest, 'sure' | 'fixes'>,
): readonly Found[] {
  const answers = bad.flatMap(({ certificate, trouble }) => [certificate, trouble]);
  const [first, ...others] = knownOf(answers);
  if (!first) return [];
  return who(podsOf(bad), `${proxies.length} checked pods`).map((slots) =>
    tell(id, { ...slots, ...more(bad) }, { ...rest, from: [first, ...others] }),
  );
}

/** Nothing else is known that keeps it from the next certificate. */
function isLockedOut(one: Sampled): boolean {
  const isFree = (valueOf(one.policies)?.blocking ?? []).length === 0;
  return isFree && (valueOf(one.trouble)?.failure === undefined || isShutOut(one));
}

/** Identity closes the connection of a proxy with an expired certificate, which to the proxy looks unreachable. */
function isShutOut({ trouble }: Sampled): boolean {
  return /: connection error|BrokenPipe/.test(valueOf(trouble)?.failure?.line ?? '');
}

function whyNone({ certificate, trouble }: Sampled): string | undefined {
  const { failure, waiting } = valueOf(trouble) ?? {};
  const logged = failure?.line ?? waiting;
  if (logged !== undefined) return logWords(logged);
  const found = valueOf(certificate);
  return found?.is === 'none' ? found.because : undefined;
}

function podsOf(all: readonly Sampled[]): readonly Pod[] {
  return all.map(({ pod }) => pod);
}

/** The subject of a sentence, if there are any pods: one by its name, several by their number, and then which they are. */
function who(pods: readonly Pod[], ofHowMany: string) {
  const names = pods.map(({ ref }) => podText(ref));
  if (names.length < 2)
    return names.map((name) => ({ pods: `The proxy in ${name}`, which: undefined }));
  const which = `The pods: ${listed(names, 8)}.`;
  return [{ pods: `The proxies in ${names.length} of ${ofHowMany}`, which }];
}
