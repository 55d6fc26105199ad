// The decision in the proxy's own order: CUSTOM, JWT, AUDIT, DENY, ALLOW
// (istio/istio pilot/pkg/networking/core/listener_builder.go; ztunnel knows the last two).
import { attach } from './attach.ts';
import type { Eyes } from './eyes.ts';
import { checkJwt } from './jwt.ts';
import { readPolicy, type Policy } from './parse.ts';
import { prepareAll, type Layer } from './prepare.ts';
import { matchedOf, testRule, type RuleResult } from './rule.ts';
import { allowStage, customStage, denyStage, dryRuns, passes, withUnseen } from './stages.ts';
import type { AllowStage, Stage } from './stages.ts';
import type {
  Action,
  Attached,
  Attribute,
  Decision,
  Jwt,
  Outcome,
  Request,
  Scene,
} from './types.ts';

export function decide(scene: Scene, request: Request): Decision {
  const attached = attach(scene);
  if (scene.point.is === 'ztunnel') return decideAt(scene, request, attached, 'ztunnel');
  if (request.protocol !== 'unknown') return decideAt(scene, request, attached, request.protocol);
  const http = decideAt(scene, { ...request, protocol: 'http' }, attached, 'http');
  const tcp = decideAt(scene, { ...request, protocol: 'tcp' }, attached, 'tcp');
  if (http.outcome.is === tcp.outcome.is && http.outcome.is !== 'unknown') return http;
  return { ...http, outcome: either(http.outcome, tcp.outcome) };
}

/** The port may be HTTP or TCP, and the two give different decisions. */
function either(http: Outcome, tcp: Outcome): Outcome {
  const both = [http, tcp];
  return {
    is: 'unknown',
    hangsOn: unique([
      ...(http.is === tcp.is ? [] : [{ is: 'protocol' } as const]),
      ...both.flatMap((one) => (one.is === 'unknown' ? one.hangsOn : [])),
    ]),
    mayBe: both.flatMap((one) =>
      one.is === 'unknown' ? one.mayBe : one.is === 'denied' ? [one.by] : [],
    ),
  };
}

function decideAt(
  scene: Scene,
  request: Request,
  attached: readonly Attached[],
  layer: Layer,
): Decision {
  const { jwt, denied } = layer === 'http' ? checkJwt(scene, request) : noJwt;
  const policies = attached
    .filter(({ because }) => because.attaches)
    .map(({ object }) => readPolicy(object));
  const test = (action: Action): readonly RuleResult[] =>
    policies
      .filter((policy) => policy.action === action)
      .flatMap((policy) => testPolicy(policy, action, layer, { trust: scene, request, jwt }));
  const [deny, allow] = [test('DENY'), test('ALLOW')];
  const custom = customStage(testCustom(policies, layer, scene, request), scene, layer);
  const allowed = allowStage(enforced(allow));
  return {
    outcome: outcomeOf(
      [
        custom.stage,
        { ...passes, denies: denied },
        denyStage(enforced(deny)),
        withUnseen(allowed.stage, scene),
      ],
      allowed.by,
    ),
    attached,
    audits: enforced(test('AUDIT'))
      .filter(({ truth }) => truth === 'yes')
      .map(matchedOf),
    asks: custom.asks,
    dryRun: dryRuns(deny, allow),
  };
}

const noJwt = { jwt: { is: 'none' }, denied: undefined } as const;

type Asked = Pick<Eyes, 'trust' | 'request' | 'jwt'>;

function testPolicy(
  policy: Policy,
  action: Action,
  layer: Layer,
  asked: Asked,
): readonly RuleResult[] {
  const at = layer === 'ztunnel' ? 'ztunnel' : 'envoy';
  const eyes: Eyes = { ...asked, namespace: policy.ref.namespace, at };
  return prepareAll(policy, action, layer).map((prepared) => testRule(prepared, eyes));
}

/** CUSTOM comes before the JWT filter, so it sees no token. */
function testCustom(policies: readonly Policy[], layer: Layer, trust: Scene, request: Request) {
  const jwt: Jwt = { is: 'none' };
  return policies
    .filter(({ action }) => action === 'CUSTOM')
    .flatMap((policy) =>
      testPolicy(policy, 'CUSTOM', layer, { trust, request, jwt }).map((result) => ({
        result,
        provider: policy.provider,
      })),
    );
}

function enforced(results: readonly RuleResult[]): readonly RuleResult[] {
  return results.filter(({ prepared }) => !prepared.dryRun);
}

/** A sure denial counts, whatever the stages before it say. */
function outcomeOf(stages: readonly Stage[], allowedBy: AllowStage['by']): Outcome {
  const sure = stages.find(({ denies }) => denies !== undefined)?.denies;
  if (sure !== undefined) return { is: 'denied', by: sure };
  const hangsOn = unique(stages.flatMap((stage) => stage.hangsOn));
  if (hangsOn.length === 0) return { is: 'allowed', by: allowedBy };
  return { is: 'unknown', hangsOn, mayBe: stages.flatMap(({ mayBe }) => mayBe) };
}

function unique(attributes: readonly Attribute[]): readonly Attribute[] {
  const seen = new Map(attributes.map((attribute) => [JSON.stringify(attribute), attribute]));
  return [...seen.values()];
}
