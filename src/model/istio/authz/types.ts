// An authorization question: where it is decided (Scene), what is requested (Request), and the answer (Decision).
// Everything in this folder is a pure function of these.
import type { Json, JsonObject, KubeObject } from '../../../core/object.ts';
import type { Labels } from '../../kube/labels.ts';

/** Where the policies are enforced. A gateway of the Gateway API is known by its label. */
export type Point =
  | { readonly is: 'sidecar'; readonly namespace: string; readonly labels: Labels }
  | { readonly is: 'gateway'; readonly namespace: string; readonly labels: Labels }
  | {
      readonly is: 'waypoint';
      readonly namespace: string;
      readonly labels: Labels;
      /** The service that the request names; istiod builds a waypoint's rules for each service apart. */
      readonly service:
        | {
            readonly namespace: string;
            readonly name: string;
            readonly from: 'Service' | 'ServiceEntry';
          }
        | undefined;
    }
  | { readonly is: 'ztunnel'; readonly namespace: string; readonly labels: Labels };

/** An entry of mesh config's `extensionProviders`. `other` (tracing, logging) authorizes nothing. */
export type Provider = {
  readonly name: string;
  readonly kind: 'ext-authz-http' | 'ext-authz-grpc' | 'other';
  /** The proxy shows that istiod could not make a filter of it. */
  readonly unusable?: boolean;
};

export type Switches = {
  /** `ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY` of istiod, on by default. */
  readonly selectorOnGatewayApi: boolean;
  /** `PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS` of istiod (1.30), off by default. */
  readonly severalProviders: boolean;
  /**
   * A dry-run CUSTOM policy whose authorizer is there denies for real what it matches, by istiod of the 1.31
   * line (seen on the lab; builder.go buildHTTP makes it the filter's DENY rules). Older ones only ask.
   */
  readonly dryRunCustom: 'denies' | 'not-known';
};

export const defaultSwitches: Switches = {
  selectorOnGatewayApi: true,
  severalProviders: false,
  dryRunCustom: 'not-known',
};

export type Scene = {
  readonly root: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly point: Point;
  /** As listed; policies of other namespaces may be included and are ignored. */
  readonly authorizationPolicies: readonly KubeObject[];
  /** `undefined` when they could not be listed. */
  readonly requestAuthentications: readonly KubeObject[] | undefined;
  readonly peerAuthentications: readonly KubeObject[];
  /** `undefined` when mesh config could not be read. */
  readonly providers: readonly Provider[] | undefined;
  readonly switches: Switches;
  /** Namespaces whose AuthorizationPolicies could not be listed: a policy there may decide. */
  readonly unseen: readonly string[];
};

export type Source =
  /** `principal` is without `spiffe://`: `cluster.local/ns/shop/sa/web`. */
  | { readonly is: 'mtls'; readonly principal: string }
  | { readonly is: 'plaintext' }
  | { readonly is: 'unknown' };

export type Jwt =
  | { readonly is: 'none' }
  /** Nothing was said: there may be none, or one that RequestAuthentication accepts. */
  | { readonly is: 'unknown' }
  /** Signed and not expired. `issuer` and `subject` are `iss` and `sub`; `claims` are all claims. */
  | {
      readonly is: 'token';
      readonly issuer: string;
      readonly subject: string | undefined;
      readonly audiences: readonly string[];
      readonly claims: JsonObject;
    };

/** `undefined` in any field: not known. */
export type Request = {
  readonly source: Source;
  /** The address of the TCP peer. */
  readonly sourceIp: string | undefined;
  /** The original client, by X-Forwarded-For or PROXY protocol. */
  readonly remoteIp: string | undefined;
  readonly destinationIp: string | undefined;
  /** The container's port at a sidecar; a gateway's own port at a gateway. */
  readonly port: number;
  /** How the proxy treats that port. */
  readonly protocol: 'http' | 'tcp' | 'unknown';
  readonly sni: string | undefined;
  /** As on the wire; the query and fragment are cut off, and the rest is normalised, here. */
  readonly path: string | undefined;
  readonly method: string | undefined;
  /** The Host header, with its port when the client sends one. */
  readonly host: string | undefined;
  /** By any case. `null`: known not to be sent. A name that is not here: not known. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly jwt: Jwt;
};

/** Only the port is known; spread it and add what else is known. */
export function unknownRequest(port: number): Request {
  return {
    source: { is: 'unknown' },
    sourceIp: undefined,
    remoteIp: undefined,
    destinationIp: undefined,
    port,
    protocol: 'unknown',
    sni: undefined,
    path: undefined,
    method: undefined,
    host: undefined,
    headers: {},
    jwt: { is: 'unknown' },
  };
}

export type PolicyRef = { readonly namespace: string; readonly name: string };
export type RuleRef = { readonly policy: PolicyRef; readonly index: number };
export type Action = 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';

/** Why a policy is in force at the point, or is not. */
export type Attached = {
  readonly policy: PolicyRef;
  readonly object: KubeObject;
  readonly action: Action | 'unknown';
  readonly dryRun: boolean;
  readonly because: Attachment;
};

export type Attachment =
  /** Everything in the mesh (`root`), everything in the namespace, a selector, or a targetRef. */
  | { readonly attaches: true; readonly by: 'root' | 'namespace' | 'selector' | 'target' }
  | { readonly attaches: false; readonly why: NotAttached };

export type NotAttached =
  | { readonly is: 'other-namespace' }
  /** `differs`: the labels that the workload lacks or has otherwise. */
  | { readonly is: 'selector'; readonly differs: Labels }
  /** A targetRef at a workload that is no gateway of the Gateway API: istiod ignores the policy. */
  | { readonly is: 'target-at-sidecar' }
  | { readonly is: 'target-at-ztunnel' }
  | { readonly is: 'other-target' }
  /** A policy without targetRef at a waypoint is ignored. */
  | { readonly is: 'no-target-at-waypoint' }
  | { readonly is: 'selector-at-gateway-off' }
  | { readonly is: 'action-at-ztunnel' }
  | { readonly is: 'dry-run-at-ztunnel' }
  | { readonly is: 'unknown-action' };

/** One field of a rule as written: `to[0].operation.methods`, `when source.ip`. */
export type Field = {
  /** `principals`, `notPaths`; for `when` the key, `request.headers[x-team]`. */
  readonly name: string;
  readonly in: 'from' | 'to' | 'when';
  /** Which `from`, `to` or `when` of the rule. */
  readonly index: number;
  readonly negated: boolean;
  readonly values: readonly string[];
};

/** What of a request a condition looks at. */
export type Attribute =
  | { readonly is: 'source' }
  | { readonly is: 'source-ip' }
  | { readonly is: 'remote-ip' }
  | { readonly is: 'destination-ip' }
  | { readonly is: 'port' }
  | { readonly is: 'protocol' }
  | { readonly is: 'sni' }
  | { readonly is: 'path' }
  | { readonly is: 'method' }
  | { readonly is: 'host' }
  | { readonly is: 'header'; readonly name: string }
  | { readonly is: 'jwt' }
  /** The answer of an external authorizer. */
  | { readonly is: 'provider'; readonly name: string }
  | { readonly is: 'providers' }
  /** `experimental.envoy.filters.*`: metadata that only the proxy has. */
  | { readonly is: 'envoy-metadata'; readonly key: string }
  /** AuthorizationPolicies that could not be listed. */
  | { readonly is: 'policies'; readonly namespace: string };

/** Why a condition does not hold. */
export type Why =
  | { readonly is: 'differs' }
  /** The caller is plaintext, so it has no identity to match. */
  | { readonly is: 'no-identity' }
  /** Everything fits but the trust domain, and `has` is neither the mesh's nor an alias. */
  | { readonly is: 'trust-domain'; readonly policy: string; readonly mesh: string }
  /** No JWT came along. */
  | { readonly is: 'no-token' }
  /** No such header. */
  | { readonly is: 'absent' }
  | { readonly is: 'not-known' };

/** A condition that does not hold, or that cannot be checked (`why.is` is `not-known`). */
export type Failed = {
  readonly field: Field;
  readonly attribute: Attribute;
  /** What the request has. */
  readonly got: string | undefined;
  readonly why: Why;
};

/** A condition that holds. `value` is the value that fits; a negated field holds when no value fits. */
export type Held = {
  readonly field: Field;
  readonly attribute: Attribute;
  readonly got: string | undefined;
  readonly value: string | undefined;
};

/** A rule that matches, and by what. */
export type Matched = {
  readonly rule: RuleRef;
  readonly action: Action;
  readonly holds: readonly Held[];
  /** HTTP fields that the proxy ignores on a TCP port: a DENY then matches more than it says. */
  readonly leftOut: readonly Field[];
};

/** An ALLOW rule that does not match, judged by its closest from × to. */
export type Missed = {
  readonly rule: RuleRef;
  readonly fails: readonly Failed[];
  readonly holds: readonly Held[];
  /**
   * `dropped`: HTTP fields on a TCP port, so the proxy does not have this rule; `fails` then lists what else would
   * fail. `never`: the policy has no rules, so it matches nothing.
   */
  readonly state: 'in-force' | 'never' | 'dropped';
  /** Of a dropped rule: the HTTP fields. */
  readonly httpOnly: readonly Field[];
  /** Of a dropped rule: the `when` key that istiod does not know. */
  readonly unknownKey: string | undefined;
};

/** `dry-run`: see `Switches`. */
export type BrokenCustom =
  'unknown-provider' | 'unusable-provider' | 'several-providers' | 'dry-run';

export type DeniedBy =
  | { readonly is: 'deny-rule'; readonly matched: Matched }
  /** CUSTOM that istiod makes a DENY. */
  | {
      readonly is: 'custom-broken';
      readonly matched: Matched;
      readonly provider: string;
      readonly why: BrokenCustom;
    }
  /** RequestAuthentication refuses the token: 401, or 403 for its audience. */
  | {
      readonly is: 'jwt';
      readonly status: 401 | 403;
      readonly policies: readonly PolicyRef[];
      readonly why: 'issuer' | 'audience';
    }
  /** ALLOW policies are in force and none of their rules matches. Closest first, `never` last. */
  | { readonly is: 'no-allow'; readonly misses: readonly Missed[] };

export type Outcome =
  | { readonly is: 'allowed'; readonly by: Matched | 'no-allow-policy' }
  | { readonly is: 'denied'; readonly by: DeniedBy }
  /** The decision depends on what is not known: one of these may be enough, or several are needed. */
  | {
      readonly is: 'unknown';
      readonly hangsOn: readonly Attribute[];
      /** The denials that are possible in the worst case. */
      readonly mayBe: readonly DeniedBy[];
    };

export type Decision = {
  readonly outcome: Outcome;
  readonly attached: readonly Attached[];
  /** AUDIT rules that match: they only log. */
  readonly audits: readonly Matched[];
  /** CUSTOM rules that match and have a provider: it is asked first. */
  readonly asks: readonly { readonly provider: string; readonly matched: Matched }[];
  /** What the dry-run policies would do if they were the only ones enforced. */
  readonly dryRun: readonly DryRun[];
};

export type DryRun =
  | { readonly would: 'deny'; readonly by: DeniedBy }
  | { readonly would: 'allow'; readonly by: Matched };

/** RFC 6902, for `kubectl patch --type=json`. */
export type PatchOp =
  | {
      readonly op: 'add' | 'replace' | 'test';
      readonly path: string;
      readonly value: Json;
    }
  | { readonly op: 'remove'; readonly path: string };

/** One policy change towards allowing the request. */
export type Repair =
  | ({
      readonly is: 'patch';
      readonly policy: PolicyRef;
      /** Begins with `test`, so it fails if the policy has changed since. */
      readonly patch: readonly PatchOp[];
      readonly undo: readonly PatchOp[];
    } & Effect)
  | ({ readonly is: 'create'; readonly object: KubeObject } & Effect)
  /** No policy is to blame, or none can be changed for this request only. */
  | { readonly is: 'none'; readonly because: string };

export type Effect = {
  /** Imperative: `Add GET to methods in rule 0 of shop/only-post` */
  readonly does: string;
  /** What else it allows, as a phrase; `undefined`: nothing. */
  readonly alsoAllows: string | undefined;
  readonly widens: Widening;
  /** The change that is needed after this one; `undefined`: none. */
  readonly next: Repair | undefined;
};

/** Every request that a repair may newly allow has all of these; `undefined`: any. */
export type Widening = {
  readonly principal: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly method: string | undefined;
};

export type MtlsMode = 'DISABLE' | 'PERMISSIVE' | 'STRICT';

export type PeerMode = {
  readonly mode: MtlsMode;
  /** The level that set it; `default` is PERMISSIVE with no policy. */
  readonly by:
    | { readonly level: 'default' }
    | { readonly level: 'mesh' | 'namespace' | 'workload' | 'port'; readonly policy: PolicyRef };
  readonly losers: readonly PeerLoser[];
};

export type PeerLoser = {
  readonly policy: PolicyRef;
  readonly why:
    /** An older policy of the same level wins. */
    | { readonly is: 'newer'; readonly than: PolicyRef }
    /** A nearer level says otherwise. */
    | { readonly is: 'overridden' }
    /** It says UNSET, which inherits. */
    | { readonly is: 'unset' }
    /** A selector in the root namespace is ignored. */
    | { readonly is: 'selector-in-root' }
    /** `portLevelMtls` without a selector is ignored. */
    | { readonly is: 'port-without-selector' }
    | { readonly is: 'selector'; readonly differs: Labels };
};

/** `rbac_access_denied_matched_policy[…]` of an access log, read back. */
export type Details =
  /** No ALLOW rule matched. */
  | { readonly is: 'none' }
  | {
      readonly is: 'rule';
      readonly rule: RuleRef;
      /** Of a CUSTOM rule; `provider` since Istio 1.30. */
      readonly custom:
        { readonly provider: string | undefined; readonly broken: boolean } | undefined;
    };
