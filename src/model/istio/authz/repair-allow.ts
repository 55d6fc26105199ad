// What can be added to ALLOW policies to allow one request: a value to the rule that one condition keeps from matching,
// or a new rule. That rule goes into a policy that selects only this workload, or into a new policy.
import type { Json } from '../../../core/object.ts';
import type { Change } from './change.ts';
import { pathSeen } from './match-path.ts';
import { newPolicy } from './new-policy.ts';
import { readPolicy, refOf } from './parse.ts';
import { pinnedBy, withValue } from './pins.ts';
import { isSame, policyText, ruleText } from './refs.ts';
import { reach } from './repair-deny.ts';
import type { Attached, Failed, Missed, Request, Scene } from './types.ts';

export function additions(
  scene: Scene,
  request: Request,
  principal: string,
  misses: readonly Missed[],
  attached: readonly Attached[],
): readonly Change[] {
  const own = ownRule(scene, request, principal);
  const held = (missed: Missed): Attached | undefined =>
    attached.find(({ policy }) => isSame(policy, missed.rule.policy));
  const values = misses.flatMap((missed) => {
    const found = held(missed);
    return found === undefined ? [] : addedValue(found, missed, request, principal);
  });
  const home = misses
    .filter(({ state }) => state !== 'never')
    .flatMap((missed) => held(missed) ?? [])
    .find(({ because }) => because.attaches && ['selector', 'target'].includes(because.by));
  return [...values, home === undefined ? newHome(scene, principal, own) : addedRule(home, own)];
}

function newHome(scene: Scene, principal: string, { rule, allows, effect }: Own): Change {
  const object = newPolicy(scene, principal, rule);
  const does = `Add policy ${policyText(refOf(object))} to allow ${allows}`;
  return { is: 'create', object, does, ...effect };
}

function addedRule({ object, policy }: Attached, { rule, allows, effect }: Own): Change {
  const does = `Add a rule to ${policyText(policy)} that allows ${allows}`;
  return { is: 'add', object, to: ['rules'], value: rule, does, ...effect };
}

type Own = {
  readonly rule: Json;
  /** Who, and what: `cluster.local/ns/shop/sa/web to GET / on port 8080` */
  readonly allows: string;
  readonly effect: Omit<Change, 'is' | 'object' | 'to' | 'value' | 'does'>;
};

/** A rule for this request; where a part of the request is not known, the rule allows any value of that part. */
function ownRule(scene: Scene, request: Request, principal: string): Own {
  const http = request.protocol === 'http' && scene.point.is !== 'ztunnel';
  const seen = request.path === undefined ? undefined : pathSeen(request.path);
  const path = http && seen !== undefined && isLiteral(seen) ? seen : undefined;
  const method = http ? request.method : undefined;
  // A waypoint's own port is not the one that the client asked for.
  const port = scene.point.is === 'waypoint' ? undefined : request.port;
  const operation: Json = {
    ...(port === undefined ? {} : { ports: [String(port)] }),
    ...(method === undefined ? {} : { methods: [method] }),
    ...(path === undefined ? {} : { paths: [path] }),
  };
  const any = [
    ...(http && method === undefined ? ['any method'] : []),
    ...(http && path === undefined ? ['any path'] : []),
    ...(port === undefined ? ['any port'] : []),
  ];
  const verb = method === undefined && path === undefined ? '' : `to ${method ?? 'request'}`;
  const allows = [principal, verb, path, port === undefined ? '' : `on port ${String(port)}`];
  return {
    rule: {
      from: [{ source: { principals: [principal] } }],
      ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
    },
    allows: allows.filter(Boolean).join(' '),
    effect: {
      alsoAllows: any.length === 0 ? undefined : `${any.join(' and ')} from ${principal}`,
      widens: { principal, port, path, method },
    },
  };
}

/** Other paths would be read as patterns. */
function isLiteral(path: string): boolean {
  return !/[*{}]/.test(path);
}

function addedValue(
  found: Attached,
  missed: Missed,
  request: Request,
  principal: string,
): readonly Change[] {
  const [failed, more] = missed.fails;
  if (failed === undefined || more !== undefined || missed.state !== 'in-force') return [];
  const value = failed.field.negated ? undefined : valueFor(failed, request, principal);
  const rule = readPolicy(found.object).rules[missed.rule.index];
  if (value === undefined || rule === undefined) return [];
  const { name } = failed.field;
  return [
    {
      is: 'add',
      object: found.object,
      to: ['rules', missed.rule.index, ...placeOf(failed)],
      value,
      does: `Add ${value} to ${name} in ${ruleText(missed.rule)}`,
      alsoAllows: `everything else that ${ruleText(missed.rule)} allows once ${name} includes ${value}${reach(found)}`,
      widens: pinnedBy(withValue(rule, failed.field, value), request, principal),
    },
  ];
}

function placeOf({ field }: Failed): readonly (string | number)[] {
  switch (field.in) {
    case 'from':
      return ['from', field.index, 'source', field.name];
    case 'to':
      return ['to', field.index, 'operation', field.name];
    case 'when':
      return ['when', field.index, 'values'];
  }
}

/** Only for fields where one value stands for one thing. */
function valueFor(failed: Failed, request: Request, principal: string): string | undefined {
  switch (failed.attribute.is) {
    case 'source':
      return /principals?$/.test(failed.field.name) ? principal : undefined;
    case 'method':
    case 'host':
      return failed.got;
    case 'path': {
      const path = failed.got ?? '';
      return isLiteral(path) ? path : undefined;
    }
    case 'port':
      return String(request.port);
    default:
      return undefined;
  }
}
