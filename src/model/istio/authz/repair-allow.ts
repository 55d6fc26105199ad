// What may be added to ALLOW policies so that one request is let in: a value to the rule that misses by one
// condition, or a rule of its own, in a policy that is for this workload alone or in a new one.
import type { Json } from '../../../core/object.ts';
import type { Change } from './change.ts';
import { pathSeen } from './match-path.ts';
import { newPolicy } from './new-policy.ts';
import { readPolicy } from './parse.ts';
import { pinnedBy, withValue } from './pins.ts';
import { isSame, ruleText } from './refs.ts';
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
  const rule: Change =
    home === undefined
      ? { is: 'create', object: newPolicy(scene, principal, own.rule), ...own.effect }
      : { is: 'add', object: home.object, to: ['rules'], value: own.rule, ...own.effect };
  return [...values, rule];
}

type Own = { readonly rule: Json; readonly effect: Omit<Change, 'is' | 'object' | 'to' | 'value'> };

/** A rule for this request and, where something of it is not known, for nothing but that besides. */
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
  const what = [method, path, port === undefined ? '' : `on port ${String(port)}`];
  return {
    rule: {
      from: [{ source: { principals: [principal] } }],
      ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
    },
    effect: {
      does: `lets ${principal} in: ${what.filter(Boolean).join(' ')}`,
      alsoAllows: any.length === 0 ? undefined : `${any.join(' and ')} for ${principal}`,
      widens: { principal, port, path, method },
    },
  };
}

/** It would be a pattern otherwise. */
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
      does: `adds ${value} to ${name} of ${ruleText(missed.rule)}`,
      alsoAllows: `whatever else ${ruleText(missed.rule)} lets in once ${name} has ${value}${reach(found)}`,
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

/** Only fields in which one value stands for one thing. */
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
