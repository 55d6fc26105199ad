// How `linkerd-identity` concludes about anchors, the issuer and the service that signs with it.
import { cite, valueOf, type Answer, type Known, type Seen } from '../../../../src/authoring.ts';
import { componentOf } from '../../../../src/model/linkerd/control-plane.ts';
import type { IssuerView } from '../issuer.ts';
import { anchorKeyProblem, issuerKeyProblem, trustIn, validity } from '../rules.ts';
import type { TrustRoots } from '../../../../src/facts/linkerd/identity/trust-roots.ts';
import { stateText } from '../../../../src/model/kube/container.ts';
import type { Certificate } from '../../../../src/model/certificates/x509.ts';
import {
  issuerOf,
  placeSlots,
  reachText,
  styleSlots,
  whenText,
  type IdentitySay,
  type Input,
  type Sofar,
} from '../view.ts';

export function anchors(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { anchors: roots } = sofar;
  if (roots?.kind !== 'known') return;
  const slots = { ...placeSlots(sofar, input), ...styleSlots(sofar) };
  if (roots.value.anchors.length === 0) say('anchors-unreadable', slots, roots);
  for (const anchor of roots.value.anchors) sayAnchor(anchor, roots, sofar, say, input);
}

function sayAnchor(
  anchor: Certificate,
  roots: Known<TrustRoots>,
  sofar: Sofar,
  say: IdentitySay,
  input: Input,
): void {
  const { now } = roots.value;
  const state = validity(anchor, now);
  const slots = {
    ...placeSlots(sofar, input),
    ...styleSlots(sofar),
    subject: anchor.subject,
    reach: reachText(sofar),
    when: whenText(state === 'not-yet' ? anchor.from : anchor.until, now),
  };
  const why = anchorKeyProblem(anchor);
  if (why !== undefined) say('anchor-key', { ...slots, why }, roots);
  if (state === 'soon') say('anchor-ends-soon', slots, roots);
  if (state === 'valid' || state === 'soon') return;
  const use = useOf(anchor, roots.value, issuerOf(sofar));
  const id = state === 'expired' ? 'anchor-expired' : 'anchor-early';
  if (use === 'needed') say(id, slots, ...cite(roots, ...chains(sofar)));
  else if (use === 'unknown') say.likely(id, slots, roots);
  else if (state === 'expired') say('anchor-unused', slots, ...cite(roots, ...chains(sofar)));
}

/** Whether the issuer leads to this anchor, and to no other. */
function useOf(
  anchor: Certificate,
  { anchors: all, now }: TrustRoots,
  { current, above, confirmed }: IssuerView,
): 'needed' | 'not-needed' | 'unknown' {
  if (all.length === 1) return 'needed';
  if (!current) return 'unknown';
  // Whether dates aside it leads there is asked at a time when all of them are good, if there is one.
  const then = Math.min(anchor.until, current.until);
  const leads = trustIn(current, above, [anchor], then).is === 'trusted';
  const others = all.filter((one) => one !== anchor);
  if (!leads || trustIn(current, above, others, now).is === 'trusted')
    return confirmed ? 'not-needed' : 'unknown';
  return confirmed ? 'needed' : 'unknown';
}

function chains({ proxies = [], service }: Sofar) {
  return [...proxies.slice(0, 2).map(({ certificate }) => certificate), service?.metrics[0]];
}

export function issuer(sofar: Sofar, say: IdentitySay, input: Input): void {
  const view = issuerOf(sofar);
  const [first, ...others] = cited(sofar);
  if (!first) return;
  const now = clockOf(sofar);
  const place = { ...placeSlots(sofar, input), ...styleSlots(sofar) };
  const ends = view.runningUntil ?? view.current?.until;
  if (view.newer && ends !== undefined) {
    const slots = { when: whenText(ends, now), newer: whenText(view.newer.until, now) };
    const told = { ...place, ...slots, who: view.newer.says };
    // The values of the install are what was once given; the Secret may have been changed since.
    const tell = view.newer.says.startsWith('ConfigMap') ? say.likely : say;
    if (view.runningUntil !== undefined) tell('issuer-kept', told, first, ...others);
  }
  const subject = view.current?.subject ?? 'that linkerd-identity signs with';
  if (ends !== undefined && ends < now) {
    const slots = { ...place, subject, when: whenText(ends, now), reach: reachText(sofar) };
    // Only the service itself knows what it signs with; a chain may be of a proxy that missed the new one.
    const tell = view.runningUntil === undefined ? say.likely : say;
    tell('issuer-expired', slots, first, ...others);
  } else if (view.current) sayCurrent(view.current, sofar, say, input, [first, ...others]);
}

function sayCurrent(
  current: Certificate,
  sofar: Sofar,
  say: IdentitySay,
  input: Input,
  from: readonly [Seen, ...Seen[]],
): void {
  const view = issuerOf(sofar);
  const now = clockOf(sofar);
  const slots = {
    ...placeSlots(sofar, input),
    ...styleSlots(sofar),
    subject: current.subject,
  };
  const state = validity(current, now);
  const why = issuerKeyProblem(current);
  if (why !== undefined) say('issuer-key', { ...slots, why }, ...from);
  if (state === 'not-yet')
    say.likely('issuer-early', { ...slots, when: whenText(current.from, now) }, ...from);
  // cert-manager's issuers live for days on purpose, and it renews them.
  if (state === 'soon' && slots.style !== 'cert-manager')
    say('issuer-ends-soon', { ...slots, when: whenText(current.until, now) }, ...from);
  if (!current.ca) say.likely('issuer-unfit', { ...slots, why: 'it is no CA' }, ...from);
  else sayTrust(current, view, sofar, say, input);
}

function sayTrust(
  current: Certificate,
  { above, confirmed }: IssuerView,
  sofar: Sofar,
  say: IdentitySay,
  input: Input,
): void {
  const { anchors: roots } = sofar;
  if (roots?.kind !== 'known' || roots.value.anchors.length === 0) return;
  const { now, anchors: all } = roots.value;
  const trust = trustIn(current, above, all, now);
  const place = { ...placeSlots(sofar, input), ...styleSlots(sofar) };
  const slots = { ...place, subject: current.subject };
  const from = cite(roots, ...chains(sofar));
  const tell = confirmed ? say : say.likely;
  if (trust.is === 'untrusted') {
    const names = all.map(({ subject }) => subject).join('; ');
    tell('issuer-untrusted', { ...slots, anchors: `The anchors are: ${names}.` }, ...from);
  } else if (trust.is === 'unfit') {
    const why = trust.which.ca ? 'it is not good for servers' : 'it is no CA';
    tell('issuer-unfit', { ...slots, subject: trust.which.subject, why }, ...from);
  }
}

export function service(sofar: Sofar, say: IdentitySay, input: Input): void {
  const { mesh, service: found } = sofar;
  if (mesh?.kind !== 'known') return;
  const place = { ...placeSlots(sofar, input), ...styleSlots(sofar) };
  const logs = found?.logs ?? [];
  const lines = logs.map((log) => valueOf(log));
  const fatal = lines.map((log) => log?.fatal).find((line) => line !== undefined);
  const refuses = lines.map((log) => log?.refuses).find((line) => line !== undefined);
  const part = componentOf(mesh.value, 'identity');
  const down = part !== undefined && part.ready === 0;
  if (down) say('identity-down', { ...place, why: fatal ?? whyDown(part) }, ...cite(mesh, ...logs));
  const skipped = skippedLine(sofar, lines.map((log) => log?.kept).find(Boolean));
  if (skipped !== undefined) {
    say('issuer-refused', { ...place, line: skipped }, ...cite(mesh, found?.events, ...logs));
  }
  if (refuses !== undefined && !down)
    say.likely('identity-refuses', { ...place, line: refuses }, ...cite(mesh, ...logs));
  for (const one of valueOf(found?.managed) ?? []) {
    if (one.trouble === undefined || found?.managed.kind !== 'known') continue;
    const when =
      one.until === undefined ? 'at a time not known' : whenText(one.until, clockOf(sofar));
    say('renewal-fails', { ...place, managed: one.name, line: one.trouble, when }, found.managed);
  }
}

/** Whether all that is known of linkerd-identity says that it signs: nothing that is not known counts for it. */
export function canSign(sofar: Sofar): boolean {
  const { mesh, anchors: roots, service: found } = sofar;
  const [plane, trusted] = [valueOf(mesh), valueOf(roots)];
  const { current, above, confirmed, aheadMs, runningUntil } = issuerOf(sofar);
  if (!plane || !trusted || !found || !current || !confirmed || aheadMs !== undefined) return false;
  const { now, anchors: all } = trusted;
  const isUp = (componentOf(plane, 'identity')?.ready ?? 0) > 0;
  const isCalm = found.logs.every(({ kind }) => kind === 'known') && troublesOf(found).length === 0;
  const isInTime = runningUntil !== undefined && runningUntil > now;
  return isUp && isCalm && isInTime && trustIn(current, above, all, now).is === 'trusted';
}

function troublesOf({ logs }: NonNullable<Sofar['service']>): readonly string[] {
  return logs
    .flatMap((log) => [valueOf(log)?.fatal, valueOf(log)?.refuses])
    .filter((line) => line !== undefined);
}

/** The log's own line, else the newest event when it is one of a refusal. */
function skippedLine({ service: found }: Sofar, line: string | undefined): string | undefined {
  if (line !== undefined) return line;
  const all = valueOf(found?.events) ?? [];
  const last = all.find(({ reason }) => reason.startsWith('IssuerUpdate'));
  return last?.reason === 'IssuerUpdateSkipped' ? last.message : undefined;
}

function whyDown({ pods, wanted }: NonNullable<ReturnType<typeof componentOf>>): string {
  if (wanted === 0) return 'its Deployment is scaled to zero';
  const [pod] = pods;
  if (!pod) return 'its Deployment has no pods';
  const broken = pod.containers.find((c) => c.role !== 'init' && !c.ready);
  if (pod.unscheduled !== undefined) return `not scheduled: ${pod.unscheduled}`;
  return broken ? `container ${broken.name} is ${stateText(broken.state)}` : `phase ${pod.phase}`;
}

function cited({ mesh, proxies = [], service: found }: Sofar): readonly Seen[] {
  const all: readonly (Answer<unknown> | undefined)[] = [
    ...proxies.map(({ certificate }) => certificate),
    ...(found?.metrics ?? []),
    ...[found?.managed, mesh],
  ];
  return all.flatMap((answer) => (answer?.kind === 'known' ? [answer] : [])).slice(0, 5);
}

/** When the run looked: each fact that judges by the clock has it. */
export function clockOf({ anchors: roots, proxies = [], service: found, webhooks }: Sofar): number {
  const times = [
    valueOf(roots)?.now,
    ...(found?.metrics ?? []).map((answer) => valueOf(answer)?.now),
    ...proxies.map(({ certificate }) => {
      const seen = valueOf(certificate);
      return seen?.is === 'presented' ? seen.now : undefined;
    }),
    valueOf(webhooks?.all)?.now,
  ];
  return times.find((time) => time !== undefined) ?? Number.NaN;
}
