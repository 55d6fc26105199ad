// An AuthorizationPolicy as written: its rules, and each field of a rule as a condition of a known kind.
import type { KubeObject } from '../../../core/object.ts';
import { list, record, text, texts } from '../../kube/read.ts';
import type { Action, Field, PolicyRef, RuleRef } from './types.ts';

export type Kind =
  | 'principal'
  | 'namespace'
  | 'service-account'
  | 'trust-domain'
  | 'request-principal'
  | 'audience'
  | 'presenter'
  | 'claim'
  | 'source-ip'
  | 'remote-ip'
  | 'destination-ip'
  | 'port'
  | 'sni'
  | 'host'
  | 'method'
  | 'path'
  | 'header'
  | 'envoy-metadata';

export type Condition = {
  readonly field: Field;
  readonly kind: Kind;
  /** Of `request.headers[x]` and `request.auth.claims[a][b]`: what stands in the brackets. */
  readonly keys: readonly string[];
};

export type Rule = {
  readonly ref: RuleRef;
  /** Alternatives; one matches when all its conditions do. None: from anywhere. */
  readonly froms: readonly (readonly Condition[])[];
  readonly tos: readonly (readonly Condition[])[];
  readonly whens: readonly Condition[];
  /** A `when` with a key that istiod does not know: it leaves the rule out. */
  readonly unknownKey: string | undefined;
};

export type Policy = {
  readonly ref: PolicyRef;
  readonly object: KubeObject;
  readonly action: Action | 'unknown';
  readonly dryRun: boolean;
  readonly provider: string;
  readonly rules: readonly Rule[];
};

export function readPolicy(object: KubeObject): Policy {
  const ref = refOf(object);
  return {
    ref,
    object,
    action: actionOf(text(object.spec, 'action')),
    dryRun: isTrue(object.metadata.annotations?.['istio.io/dry-run']),
    provider: text(object.spec, 'provider', 'name') ?? '',
    rules: list(object.spec, 'rules').map((rule, index) => readRule({ policy: ref, index }, rule)),
  };
}

export function refOf(object: KubeObject): PolicyRef {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

function actionOf(action: string | undefined): Action | 'unknown' {
  switch (action) {
    case undefined:
      return 'ALLOW';
    case 'ALLOW':
    case 'DENY':
    case 'AUDIT':
    case 'CUSTOM':
      return action;
    default:
      return 'unknown';
  }
}

/** As Go's strconv.ParseBool, which istiod uses. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value);
}

const sourceKinds: Readonly<Record<string, Kind>> = {
  principals: 'principal',
  requestPrincipals: 'request-principal',
  namespaces: 'namespace',
  serviceAccounts: 'service-account',
  trustDomains: 'trust-domain',
  ipBlocks: 'source-ip',
  remoteIpBlocks: 'remote-ip',
};
const operationKinds: Readonly<Record<string, Kind>> = {
  hosts: 'host',
  methods: 'method',
  paths: 'path',
  ports: 'port',
};
// istio/istio pilot/pkg/security/authz/model/model.go New
const whenKinds: Readonly<Record<string, Kind>> = {
  'source.ip': 'source-ip',
  'remote.ip': 'remote-ip',
  'source.namespace': 'namespace',
  'source.serviceAccount': 'service-account',
  'source.trustDomain': 'trust-domain',
  'source.principal': 'principal',
  'request.auth.principal': 'request-principal',
  'request.auth.audiences': 'audience',
  'request.auth.presenter': 'presenter',
  'destination.ip': 'destination-ip',
  'destination.port': 'port',
  'connection.sni': 'sni',
};
const bracketKinds: readonly (readonly [string, Kind])[] = [
  ['request.headers', 'header'],
  ['request.auth.claims', 'claim'],
  ['experimental.envoy.filters.', 'envoy-metadata'],
];

function readRule(ref: RuleRef, rule: unknown): Rule {
  const whens = list(rule, 'when').map(readWhen);
  return {
    ref,
    froms: list(rule, 'from').map((from, index) =>
      readFields(record(from, 'source'), sourceKinds, 'from', index),
    ),
    tos: list(rule, 'to').map((to, index) =>
      readFields(record(to, 'operation'), operationKinds, 'to', index),
    ),
    whens: whens.flatMap((when) => (typeof when === 'string' ? [] : when)),
    unknownKey: whens.find((when) => typeof when === 'string'),
  };
}

function readFields(
  fields: unknown,
  kinds: Readonly<Record<string, Kind>>,
  place: 'from' | 'to',
  index: number,
): readonly Condition[] {
  return Object.entries(kinds).flatMap(([name, kind]) => {
    const negative = `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    return [
      { name, negated: false, values: texts(fields, name) },
      { name: negative, negated: true, values: texts(fields, negative) },
    ]
      .filter(({ values }) => values.length > 0)
      .map((field) => ({ field: { ...field, in: place, index }, kind, keys: [] }));
  });
}

/** Only the key, when istiod does not know it. */
function readWhen(when: unknown, index: number): readonly Condition[] | string {
  const key = text(when, 'key') ?? '';
  const known = kindOfKey(key);
  if (known === undefined) return key;
  return [false, true]
    .map((negated) => ({ negated, values: texts(when, negated ? 'notValues' : 'values') }))
    .filter(({ values }) => values.length > 0)
    .map((field) => ({ field: { name: key, in: 'when', index, ...field }, ...known }));
}

function kindOfKey(key: string): Pick<Condition, 'kind' | 'keys'> | undefined {
  const plain = whenKinds[key];
  if (plain !== undefined) return { kind: plain, keys: [] };
  const found = bracketKinds.find(([prefix]) => key.startsWith(prefix));
  if (found === undefined) return undefined;
  const keys = [...key.slice(found[0].length).matchAll(/\[([^[\]]*)\]/g)].map(
    ([, inside]) => inside ?? '',
  );
  return { kind: found[1], keys };
}
