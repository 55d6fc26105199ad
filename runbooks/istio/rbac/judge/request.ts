// How `rbac` words what becomes of one request.
import { listed, type Found } from '../../../../src/authoring.ts';
import { parseDetails } from '../../../../src/model/istio/authz/details.ts';
import type { PeerMode } from '../../../../src/model/istio/authz/types.ts';
import {
  askStale,
  peerAuthentications,
  readApplication,
  readClientRules,
  readEndpoints,
  readPolicy,
} from '../fixes.ts';
import type { Known } from '../known.ts';
import type { Given } from '../request.ts';
import { tell } from '../says.ts';
import type { Visit } from '../subjects.ts';
import { verdicts, type Judged, type Outcome, type Verdict } from '../verdict.ts';
import {
  attributeText,
  hasNoSidecar,
  identityText,
  optionsText,
  policyText,
  ruleText,
} from '../words.ts';
import { denied, refusedToken } from './denied.ts';
import { mending, toldOf, type Told } from './told.ts';

export function ofVisits(known: Known, visits: readonly Visit[], given: Given): Judged {
  const all = visits.flatMap((visit) => verdicts(known, visit, given));
  // What hangs on the request is worth saying only where nothing else explains a refusal.
  const explained = all.some((v) => v.is.is !== 'allowed' && v.is.is !== 'unknown');
  const told = all.filter((v) => v.is.is !== 'unknown' || !explained);
  return { verdicts: all, found: told.flatMap((verdict) => ofVerdict(known, verdict)) };
}

export function ofVerdict(known: Known, verdict: Verdict): readonly Found[] {
  const told = toldOf(known, verdict);
  return [...dryRuns(told), ...outcome(told, verdict.is)];
}

function outcome(told: Told, is: Outcome): readonly Found[] {
  switch (is.is) {
    case 'allowed':
      return [];
    case 'denied':
      return [denied(told, is.by)];
    case 'strict':
      return [refusedPlaintext(told, is.mode)];
    case 'elsewhere':
      return refusedElsewhere(told, is.line.by);
    case 'contradicted': {
      const line = is.line.by.is === 'rbac' ? is.line.by.details : is.line.by.is;
      const fixes = askStale('See whether the proxy is behind', told.said.pod);
      return [tell('denies-otherwise', { ...told.said, line }, { ...told.rest, fixes })];
    }
    case 'unknown':
      return unknown(told, is);
  }
}

function refusedPlaintext({ known, verdict, said, rest, verify }: Told, { by }: PeerMode): Found {
  const { caller, identity } = verdict.subject;
  const ref = by.level === 'default' ? undefined : by.policy;
  const slots = {
    ...said,
    port: verdict.request.port,
    policy: ref ? `PeerAuthentication ${policyText(ref)}` : 'the mesh',
  };
  const read = readPolicy(ref, verify, peerAuthentications);
  if (hasNoSidecar(identity))
    return tell('strict-without-sidecar', slots, { ...rest, fixes: read });
  const fixes = [...read, readClientRules(caller ?? known.picture.pod, verify)];
  return tell(
    'strict-plaintext',
    { ...slots, because: identityText(identity) },
    { ...rest, fixes },
  );
}

type Refuser = Extract<Outcome, { is: 'elsewhere' }>['line']['by'];

function refusedElsewhere(told: Told, by: Refuser): readonly Found[] {
  switch (by.is) {
    case 'ext-authz':
      return [refusedByAuthorizer(told, by.why)];
    case 'jwt':
      return [refusedToken(told, by.reason)];
    case 'application': {
      const { known, verdict, said, rest, verify } = told;
      const status = verdict.proof?.status ?? 403;
      const fixes = [readApplication(known.picture.pod, verify)];
      return [tell('application-refuses', { ...said, status }, { ...rest, fixes })];
    }
    case 'rbac':
    case 'no-chain':
      return [];
  }
}

function refusedByAuthorizer(
  { known, verdict, said, rest, verify }: Told,
  why: Extract<Refuser, { is: 'ext-authz' }>['why'],
): Found {
  const { picture, scene } = known;
  const asked = verdict.decision.asks[0];
  const provider = asked?.provider ?? scene.providers?.find((p) => p.kind !== 'other')?.name;
  const found = picture.mesh?.extensions.find((e) => e.name === provider);
  const slots = {
    ...said,
    provider: provider ?? 'of the mesh',
    policy: asked ? ruleText(asked.matched) : 'A CUSTOM policy',
    service: found?.service === undefined ? 'it' : `${found.service}:${found.port ?? ''}`,
  };
  const read = readPolicy(asked?.matched.rule.policy, verify);
  if (why === 'denied') return tell('ext-authz-denied', slots, { ...rest, fixes: read });
  const fixes = [readEndpoints(said.pod, verify), ...read];
  return tell('ext-authz-unreachable', slots, { ...rest, fixes });
}

function unknown(
  told: Told,
  { hangsOn, mayBe }: Extract<Outcome, { is: 'unknown' }>,
): readonly Found[] {
  const line = told.verdict.proof?.by;
  const details = line?.is === 'rbac' ? parseDetails(line.details) : undefined;
  if (details?.is === 'rule') {
    const why = 'so says the log, and the policy itself could not be judged';
    const slots = { ...told.said, rule: ruleText(details), because: undefined, why };
    return [tell('deny-rule', slots, mending(told, details.rule.policy))];
  }
  // The caller's pod or the lists that could not be read are gaps already.
  const open = hangsOn.filter((a) => a.is !== 'policies' && a.is !== 'providers');
  if (open.length === 0) return [];
  const options = optionsText(open);
  const slots = {
    ...told.said,
    what: listed(open.slice(0, 4).map(attributeText)),
    options: options === '' ? 'No option says it.' : `Say it with ${options}.`,
    worst: mayBe.some((by) => by.is === 'no-allow')
      ? ' If it does not fit, no ALLOW rule matches and the request is denied.'
      : mayBe.length > 0
        ? ' If it fits, a rule denies the request.'
        : undefined,
  };
  return [tell('hangs-on', slots, { from: told.rest.from })];
}

function dryRuns({ verdict, said, rest: { from, about } }: Told): readonly Found[] {
  return verdict.decision.dryRun.flatMap((dry) => {
    if (dry.would !== 'deny') return [];
    const rule =
      dry.by.is === 'deny-rule'
        ? ruleText(dry.by.matched)
        : dry.by.is === 'no-allow' && dry.by.misses[0]
          ? policyText(dry.by.misses[0].rule.policy)
          : 'A policy';
    return [tell('dry-run-denies', { ...said, rule }, { from, about })];
  });
}
