// How `rbac` words what becomes of one request.
import { cite, listed, podText, valueOf } from '../../../../src/authoring.ts';
import { parseDetails } from '../../../../src/model/istio/authz/details.ts';
import type { Verdict } from '../verdict.ts';
import { attributeText, optionsText, policyText, requestText, ruleText } from '../words.ts';
import type { Known, RbacSay } from '../judge.ts';
import { sayDenied, sayer, type Told } from './denied.ts';
import { policySlots, requestSlots } from '../slots.ts';

export function sayVerdict(say: RbacSay, known: Known, verdict: Verdict): void {
  const told = toldOf(known, verdict);
  const { is } = verdict;
  sayDryRuns(say, told);
  switch (is.is) {
    case 'allowed':
      return;
    case 'denied':
      return sayDenied(say, told, is.by);
    case 'strict':
      return sayStrict(say, told, is);
    case 'elsewhere':
      return sayElsewhere(say, known, told, is.line.by);
    case 'contradicted': {
      const slots = requestSlots(told.picture, verdict);
      const line = is.line.by.is === 'rbac' ? is.line.by.details : is.line.by.is;
      say.likely('denies-otherwise', { ...slots, line }, ...told.from);
      return;
    }
    case 'unknown':
      return sayUnknown(say, told, is);
  }
}

function toldOf({ picture, scene, policies, sofar }: Known, verdict: Verdict): Told {
  const about = verdict.subject.caller && callerAnswer(sofar, verdict);
  const log = verdict.proof === undefined ? undefined : sofar.refusals?.log;
  const from = cite(policies, sofar.proxy, log, about, sofar.now, sofar.mesh);
  return { picture, scene, verdict, from };
}

function callerAnswer(sofar: Known['sofar'], { subject }: Verdict) {
  if (valueOf(sofar.caller?.about) === subject.caller) return sofar.caller?.about;
  return sofar.refusals?.callers.find((one) => one.ip === subject.ip)?.about;
}

function sayStrict(
  say: RbacSay,
  told: Told,
  { mode }: Extract<Verdict['is'], { is: 'strict' }>,
): void {
  const { picture, scene, verdict, from } = told;
  const ref = mode.by.level === 'default' ? undefined : mode.by.policy;
  const slots = policySlots(picture, scene, verdict, ref);
  const own = {
    ...slots,
    policy: ref === undefined ? 'the mesh' : `PeerAuthentication ${policyText(ref)}`,
  };
  const { identity } = verdict.subject;
  const none = identity.is === 'plaintext' && identity.because.is === 'no-sidecar';
  sayer(say, told)(none ? 'strict-without-sidecar' : 'strict-plaintext', own, ...from);
}

type Refuser = Extract<Verdict['is'], { is: 'elsewhere' }>['line']['by'];

function sayElsewhere(say: RbacSay, known: Known, told: Told, by: Refuser): void {
  const { picture, scene, verdict, from } = told;
  const asked = verdict.decision.asks[0];
  const slots = policySlots(picture, scene, verdict, asked?.matched.rule.policy);
  switch (by.is) {
    case 'ext-authz': {
      const provider = asked?.provider ?? scene.providers?.find((p) => p.kind !== 'other')?.name;
      const found = picture.mesh?.extensions.find((e) => e.name === provider);
      const service = found?.service;
      const said = {
        ...slots,
        provider: provider ?? 'of the mesh',
        policy: asked ? ruleText(asked.matched) : 'A CUSTOM policy',
        service: service === undefined ? 'it' : `${service}:${found?.port ?? ''}`,
      };
      const code = by.why === 'denied' ? 'ext-authz-denied' : 'ext-authz-unreachable';
      say(code, said, ...from);
      return;
    }
    case 'jwt':
      say('jwt-refused', { ...slots, reason: by.reason }, ...from);
      return;
    case 'application': {
      const main = picture.pod.containers.find(
        (c) => c.role === 'main' && c.name !== 'istio-proxy',
      );
      const status = verdict.proof?.status ?? 403;
      const own = { ...slots, status, container: main?.name ?? '' };
      // Only where no policy refuses it either is the application all there is.
      if (known.proxy.is === 'differs') say.likely('application-refuses', own, ...from);
      else say('application-refuses', own, ...from);
      return;
    }
    case 'rbac':
    case 'no-chain':
  }
}

function sayUnknown(
  say: RbacSay,
  told: Told,
  { hangsOn, mayBe }: Extract<Verdict['is'], { is: 'unknown' }>,
): void {
  const { picture, scene, verdict, from } = told;
  const line = verdict.proof?.by;
  const details = line?.is === 'rbac' ? parseDetails(line.details) : undefined;
  if (details?.is === 'rule') {
    const rule = ruleText(details);
    const slots = policySlots(picture, scene, verdict, details.rule.policy);
    const why = 'so says the log, and the policy itself could not be judged';
    say.likely('deny-rule', { ...slots, rule, because: '', why }, ...from);
    return;
  }
  // The caller's pod or the lists that could not be read are gaps already.
  const open = hangsOn.filter((a) => a.is !== 'policies' && a.is !== 'providers');
  if (open.length === 0) return;
  const options = optionsText(open);
  const slots = {
    src: requestSlots(picture, verdict).src,
    request: requestText(verdict.request),
    pod: podText(picture.pod.ref),
    what: listed(open.slice(0, 4).map(attributeText)),
    options: options === '' ? 'No option says it.' : `Say it with ${options}.`,
    worst: mayBe.some((by) => by.is === 'no-allow')
      ? ' If it does not fit, no ALLOW rule matches and the request is denied.'
      : mayBe.length > 0
        ? ' If it fits, a rule denies the request.'
        : '',
  };
  say('hangs-on', slots, ...from);
}

function sayDryRuns(say: RbacSay, told: Told): void {
  const { picture, verdict, from } = told;
  for (const dry of verdict.decision.dryRun) {
    if (dry.would !== 'deny') continue;
    const slots = requestSlots(picture, verdict);
    const rule =
      dry.by.is === 'deny-rule'
        ? ruleText(dry.by.matched)
        : dry.by.is === 'no-allow' && dry.by.misses[0]
          ? policyText(dry.by.misses[0].rule.policy)
          : 'A policy';
    say('dry-run-denies', { ...slots, rule }, ...from);
  }
}
