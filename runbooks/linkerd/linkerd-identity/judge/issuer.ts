// How `linkerd-identity` concludes about anchors, the issuer and the service that signs with it.
import {
  cite,
  clear,
  count,
  inspect,
  kubectl,
  valueOf,
  type Answer,
  type Found,
  type Known,
  type Rest,
} from '../../../../src/authoring.ts';
import type { Event } from '../../../../src/facts/kube/events.ts';
import type { TrustRoots } from '../../../../src/facts/linkerd/identity/trust-roots.ts';
import { isoText, whenText } from '../../../../src/model/certificates/text.ts';
import { trustIn, validity } from '../../../../src/model/certificates/trust.ts';
import type { Certificate } from '../../../../src/model/certificates/x509.ts';
import { crashedIn } from '../../../../src/model/kube/serving.ts';
import { componentOf, whyDown } from '../../../../src/model/linkerd/control-plane.ts';
import { caseOf, knownOf, type Case } from '../case.ts';
import { gathered, identityCheck, type Gathered } from '../checks.ts';
import * as fixes from '../fixes.ts';
import { anchorKeyProblem, issuerKeyProblem, SOON_MS } from '../rules.ts';
import { tell } from '../says.ts';

export const issuer = identityCheck({
  id: 'issuer',
  asks: 'Are the trust anchors and the issuer valid, and do they match?',
  why: 'When one of them expires, so do all certificates that depend on it.',
  rulesOut: 'a bad trust anchor or issuer',
  uses: [],
  sees: gathered,
  judge: (_, seen, asked) => {
    const c = caseOf(seen, asked);
    const found = ofSigning(c);
    const calm = calmText(c);
    return found.length > 0 || calm === undefined ? found : clear(calm);
  },
});

/** Whatever is wrong between the anchors and a new certificate. */
export function ofSigning(c: Case): readonly Found[] {
  return [...ofAnchors(c), ...ofIssuer(c), ...ofService(c), ...unrenewed(c)];
}

function ofAnchors(c: Case): readonly Found[] {
  const roots = c.seen.anchors;
  if (roots?.kind !== 'known') return [];
  const { anchors } = roots.value;
  if (anchors.length > 0) return anchors.flatMap((anchor) => ofAnchor(c, anchor, roots));
  const rest = { from: [roots], fixes: fixes.newAnchors(c.install) } as const;
  return [tell('anchors-unreadable', { root: c.install.root }, rest)];
}

function ofAnchor(c: Case, anchor: Certificate, roots: Known<TrustRoots>): readonly Found[] {
  const { now } = roots.value;
  const { subject, until } = anchor;
  const state = validity(anchor, now, SOON_MS);
  const see = { from: [roots], fixes: [fixes.seeBundle(c.install)] } as const;
  const why = anchorKeyProblem(anchor);
  const ends = { subject, when: whenText(until, now) };
  return [
    ...(why === undefined ? [] : [tell('anchor-key', { subject, why }, see)]),
    ...(state === 'soon' ? [tell('anchor-ends-soon', ends, see)] : []),
    ...(state === 'expired' || state === 'not-yet' ? outOfTime(c, anchor, roots) : []),
  ];
}

function outOfTime(c: Case, anchor: Certificate, roots: Known<TrustRoots>): readonly Found[] {
  const { seen, install } = c;
  const { now } = roots.value;
  const use = useOf(anchor, roots.value, c.issuer);
  const from = use === 'unknown' ? cite(roots) : cite(roots, ...chains(seen));
  const rest = { from, sure: use === 'needed', reach: reachText(seen) };
  const anew = fixes.newAnchors(install);
  const isEarly = anchor.from > now;
  const when = whenText(isEarly ? anchor.from : anchor.until, now);
  const slots = { subject: anchor.subject, when };
  if (use === 'not-needed') {
    const see = { from, fixes: [fixes.seeBundle(install)] };
    return isEarly ? [] : [tell('anchor-unused', slots, see)];
  }
  return isEarly
    ? [tell('anchor-early', slots, { ...rest, fixes: [fixes.seeClocks(install), ...anew] })]
    : [tell('anchor-expired', slots, { ...rest, fixes: anew })];
}

/** Whether the issuer leads to this anchor, and to no other. */
function useOf(
  anchor: Certificate,
  { anchors: all, now }: TrustRoots,
  { current, above, confirmed }: Case['issuer'],
): 'needed' | 'not-needed' | 'unknown' {
  if (all.length === 1) return 'needed';
  if (!current || !confirmed) return 'unknown';
  // Whether dates aside it leads there is asked at a time when all of them are good, if there is one.
  const then = Math.min(anchor.until, current.until);
  const leads = trustIn(current, above, [anchor], then).is === 'trusted';
  const others = all.filter((one) => one !== anchor);
  return leads && trustIn(current, above, others, now).is !== 'trusted' ? 'needed' : 'not-needed';
}

function chains({ proxies = [], service }: Gathered) {
  return [...proxies.slice(0, 2).map(({ certificate }) => certificate), service?.metrics[0]];
}

/** "40 meshed pods (3 checked)" */
function reachText({ pods, proxies = [] }: Gathered): string | undefined {
  const all = valueOf(pods);
  if (!all) return undefined;
  const total = `${count(all.pods.length, 'meshed pod')}${all.more ? ' or more' : ''}`;
  return `${total} (${proxies.length} checked)`;
}

function ofIssuer(c: Case): readonly Found[] {
  const { install, now, seen } = c;
  const { mesh, proxies = [], service } = seen;
  const { current } = c.issuer;
  const presented = proxies.map(({ certificate }) => certificate);
  const answers = [...presented, ...(service?.metrics ?? []), service?.managed, mesh];
  const [first, ...others] = knownOf(answers);
  if (!first) return [];
  const from = cite(first, ...others);
  const kept = keptIssuer(c, from);
  const ends = issuerEnd(c);
  if (ends === undefined || !hasExpired(c))
    return current ? [...kept, ...ofCurrent(c, current, from)] : kept;
  const subject = current?.subject ?? 'that linkerd-identity signs with';
  // Only the service itself knows what it signs with; a chain may be of a proxy that missed the new one.
  const sure = c.issuer.runningUntil !== undefined;
  const rest = { from, sure, reach: reachText(seen), fixes: fixes.newIssuer(install) };
  return [
    ...kept,
    tell('issuer-expired', { subject, when: whenText(ends, now), leafs: leafsText(c) }, rest),
  ];
}

/** What became of the certificates of the checked proxies. */
function leafsText({ seen: { proxies = [] }, now }: Case): string {
  const ends = proxies.flatMap(({ presented }) => presented?.leaf.until ?? []);
  if (ends.length === 0) return 'No proxy could be asked whether its certificate is still valid.';
  const valid = ends.filter((end) => end > now);
  const checked = `${ends.length} checked ${ends.length === 1 ? 'proxy' : 'proxies'}`;
  if (valid.length === 0) {
    return `None of ${checked} has a valid certificate any more: new connections between these pods fail.`;
  }
  const have = valid.length === 1 ? 'has' : 'have';
  return `${valid.length} of ${checked} still ${have} a valid certificate, until ${isoText(Math.min(...valid))} at the earliest; without a new issuer these pods fail after that.`;
}

type From = Rest['from'];

function keptIssuer({ issuer: { newer, runningUntil }, install, now }: Case, from: From) {
  if (!newer || runningUntil === undefined) return [];
  const ends = { when: whenText(runningUntil, now), newer: whenText(newer.until, now) };
  const rest = { from, sure: newer.sure, fixes: [fixes.restartIdentity(install)] };
  return [tell('issuer-kept', { ...ends, who: newer.says }, rest)];
}

function ofCurrent(c: Case, current: Certificate, from: From): readonly Found[] {
  const { install, now } = c;
  const { subject } = current;
  const state = validity(current, now, SOON_MS);
  const why = issuerKeyProblem(current);
  const rest = { from, fixes: fixes.newIssuer(install) };
  const ends = { subject, when: whenText(current.until, now) };
  const begins = { subject, when: whenText(current.from, now) };
  const early = { from, sure: false, fixes: [fixes.seeClocks(install), ...rest.fixes] };
  // cert-manager's issuers live for days on purpose, and it renews them.
  const isLate = state === 'soon' && install.keeper.is !== 'cert-manager';
  return [
    ...(why === undefined ? [] : [tell('issuer-key', { subject, why }, rest)]),
    ...(state === 'not-yet' ? [tell('issuer-early', begins, early)] : []),
    ...(isLate ? [tell('issuer-ends-soon', ends, rest)] : []),
    ...(current.ca
      ? ofTrust(c, current)
      : [tell('issuer-unfit', { subject, why: 'it is not a CA' }, { ...rest, sure: false })]),
  ];
}

function ofTrust({ seen, install, issuer: view }: Case, current: Certificate): readonly Found[] {
  const { anchors: roots } = seen;
  if (roots?.kind !== 'known' || roots.value.anchors.length === 0) return [];
  const { now, anchors: all } = roots.value;
  const trust = trustIn(current, view.above, all, now);
  const rest = { from: cite(roots, ...chains(seen)), sure: view.confirmed };
  if (trust.is === 'untrusted') {
    const anchors = `The anchors are: ${all.map(({ subject }) => subject).join('; ')}.`;
    const slots = { subject: current.subject, root: install.root, anchors };
    return [tell('issuer-untrusted', slots, { ...rest, fixes: fixes.restartOrReplace(install) })];
  }
  if (trust.is !== 'unfit') return [];
  const why = trust.which.ca ? 'it is not valid for servers' : 'it is not a CA';
  const slots = { subject: trust.which.subject, why };
  return [tell('issuer-unfit', slots, { ...rest, fixes: fixes.newIssuer(install) })];
}

function issuerEnd({ issuer: { current, runningUntil } }: Case): number | undefined {
  return runningUntil ?? current?.until;
}

/** The issuer that linkerd-identity signs with. */
export function hasExpired(c: Case): boolean {
  return (issuerEnd(c) ?? Infinity) < c.now;
}

function ofService(c: Case): readonly Found[] {
  const { mesh, service } = c.seen;
  const { install } = c;
  if (mesh?.kind !== 'known') return [];
  const { events, logs = [] } = service ?? {};
  const lineOf = (what: 'fatal' | 'refuses' | 'kept') =>
    logs.map((log) => valueOf(log)?.[what]).find((line) => line !== undefined);
  const part = componentOf(mesh.value, 'identity');
  const isDown = part?.ready === 0;
  const [skipped, refuses] = [lineOf('kept') ?? skippedIn(events), lineOf('refuses')];
  const from = cite(mesh, ...logs);
  const pods = kubectl`describe pods -n ${install.root}
    -l linkerd.io/control-plane-component=identity`;
  // Where it never ran, it has no log.
  const hasRun = part?.pods.some((pod) => crashedIn(pod) !== undefined) ?? false;
  const down = [
    ...(hasRun ? [fixes.readIdentity(install, 'Read why linkerd-identity is down')] : []),
    inspect('Describe its pods', pods, install.verify),
  ];
  const kept = { from: cite(mesh, events, ...logs), fixes: fixes.restartOrReplace(install) };
  // That it has expired is said as the cause already.
  const follows = hasExpired(c) && /certificate has expired/.test(refuses ?? '');
  const mute = { from, sure: false, fixes: fixes.newIssuer(install) };
  return [
    ...(isDown
      ? [
          tell(
            'identity-down',
            { root: install.root, why: lineOf('fatal') ?? whyDown(part, []) },
            { from, fixes: down },
          ),
        ]
      : []),
    ...(skipped === undefined ? [] : [tell('issuer-refused', { line: skipped }, kept)]),
    ...(refuses === undefined || isDown || follows
      ? []
      : [tell('identity-refuses', { line: refuses }, mute)]),
  ];
}

function unrenewed({ seen: { service }, install, now }: Case): readonly Found[] {
  if (service?.managed.kind !== 'known') return [];
  const { managed } = service;
  return managed.value.flatMap(({ name, trouble: line, until }) => {
    if (line === undefined) return [];
    const when = until === undefined ? 'at an unknown time' : whenText(until, now);
    const rest = { from: [managed], fixes: [fixes.seeManaged(name, install.root)] } as const;
    return [tell('renewal-fails', { managed: `${install.root}/${name}`, line, when }, rest)];
  });
}

/** Whether all that is known of linkerd-identity says that it signs: nothing that is not known counts for it. */
export function canSign({ seen: { mesh, anchors: roots, service }, issuer: view }: Case): boolean {
  const [plane, trusted] = [valueOf(mesh), valueOf(roots)];
  const { current, above, confirmed, runningUntil } = view;
  if (!plane || !trusted || !service || !current || !confirmed) return false;
  const { now, anchors: all } = trusted;
  const isUp = (componentOf(plane, 'identity')?.ready ?? 0) > 0;
  const isCalm = service.logs.every((log) => {
    const said = valueOf(log);
    return said && said.fatal === undefined && said.refuses === undefined;
  });
  const isInTime = runningUntil !== undefined && runningUntil > now;
  return isUp && isCalm && isInTime && trustIn(current, above, all, now).is === 'trusted';
}

/** The newest event, where it is one of a refusal. */
function skippedIn(events: Answer<readonly Event[]> | undefined): string | undefined {
  const last = valueOf(events)?.find(({ reason }) => reason.startsWith('IssuerUpdate'));
  return last?.reason === 'IssuerUpdateSkipped' ? last.message : undefined;
}

/** What there is when nothing is wrong: two anchors are a rotation in progress, not a fault. */
function calmText({ seen, issuer: { current } }: Case): string | undefined {
  const all = valueOf(seen.anchors)?.anchors ?? [];
  const [first] = all;
  if (!first || !current) return undefined;
  const roots =
    all.length === 1
      ? `the trust anchor expires ${isoText(first.until)}`
      : `the bundle holds ${all.length} trust anchors, as during a rotation`;
  return `The issuer expires ${isoText(current.until)}; ${roots}.`;
}
