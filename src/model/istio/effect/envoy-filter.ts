// Whether the patches of an EnvoyFilter are in this proxy. istiod skips a patch that fits nothing, and logs nothing.
import { near } from '../../../core/near.ts';
import type { KubeObject } from '../../../core/object.ts';
import { listed } from '../../../core/text.ts';
import { matchesAll, type Labels } from '../../kube/labels.ts';
import { items, labels, part, record, text, type Loose } from '../../kube/loose.ts';
import { called, editing, problem } from './problem.ts';
import type { Problem } from './scene.ts';

export type Chains = {
  /** Names of listener, network and HTTP filters in the proxy's listeners. */
  readonly names: readonly string[];
};
export type Proxy = {
  readonly role: 'sidecar' | 'gateway';
  readonly labels: Labels;
  /** `1.31.1`, where the image's tag says it. */
  readonly version: string | undefined;
  readonly inbound: Chains | undefined;
  readonly outbound: Chains | undefined;
};
export type FilterVerdict =
  | { readonly is: 'for-others' }
  | { readonly is: 'in-effect' }
  /** `unread`: the filters of the proxy would decide it. */
  | { readonly is: 'not-judged'; readonly because: string; readonly unread: boolean }
  | { readonly is: 'without-effect'; readonly problem: Problem };

type Patch = { readonly at: number; readonly is: Loose };
type Lost = {
  readonly patch: Patch;
  readonly sure: boolean;
  readonly because: string;
  readonly mend: string;
  readonly field: string;
};

/** One verdict for each, in order. */
export function judgeFilters(
  filters: readonly KubeObject[],
  proxy: Proxy,
): readonly FilterVerdict[] {
  const mine = filters.map((filter) => patchesFor(filter, proxy));
  const served = new Set(
    mine.flat().flatMap((one) => (versionOf(one, proxy) === 'fits' ? [adds(one)] : [])),
  );
  return filters.map((filter, i) => {
    // A patch for each release is the usual way to be right for all.
    const patches = (mine[i] ?? []).filter(
      (one) => versionOf(one, proxy) !== 'other' || !served.has(adds(one)),
    );
    return judgePatches(filter, patches, proxy);
  });
}

function patchesFor(filter: KubeObject, proxy: Proxy): readonly Patch[] {
  if (!selectsProxy(filter, proxy)) return [];
  return items(filter.spec, 'configPatches').filter(({ is }) => isFor(is, proxy));
}

function judgePatches(filter: KubeObject, patches: readonly Patch[], proxy: Proxy): FilterVerdict {
  if (patches.length === 0) return { is: 'for-others' };
  const verdicts = patches.map((patch) => judgePatch(patch, proxy));
  const lost = verdicts.flatMap((one) => (one.is === 'lost' ? [one.lost] : []));
  const [first] = lost;
  if (first) {
    return { is: 'without-effect', problem: report(filter, first, lost.length, patches.length) };
  }
  const open = verdicts.flatMap((one) => (one.is === 'open' ? [one] : []));
  const because = open[0]?.because;
  if (because === undefined) return { is: 'in-effect' };
  return { is: 'not-judged', because, unread: open.some((one) => one.unread === true) };
}

function adds({ is }: Patch): string {
  return `${text(is, 'applyTo') ?? ''} ${text(part(part(is, 'patch'), 'value'), 'name') ?? ''}`;
}

// istio/istio pilot/pkg/model/push_context.go getMatchedEnvoyFilters; policyattachment.go ShouldAttachPolicy: targetRefs
// are for gateways and waypoints, whose Gateway is not read here.
function selectsProxy(filter: KubeObject, proxy: Proxy): boolean {
  const selector = record(part(filter, 'spec').workloadSelector);
  if (items(filter.spec, 'targetRefs').length > 0) return false;
  return !selector || matchesAll(labels(selector, 'labels'), proxy.labels);
}

function isFor(patch: Loose, { role }: Proxy): boolean {
  const context = contextOf(patch);
  return context === 'ANY' || (context === 'GATEWAY') === (role === 'gateway');
}

function contextOf(patch: Loose): string {
  return text(part(patch, 'match'), 'context') ?? 'ANY';
}

type PatchVerdict =
  | { readonly is: 'lost'; readonly lost: Lost }
  | { readonly is: 'open'; readonly because: string; readonly unread?: boolean }
  | { readonly is: 'fine' };

function judgePatch(patch: Patch, proxy: Proxy): PatchVerdict {
  return otherVersion(patch, proxy) ?? lostFilter(patch, proxy);
}

// pilot/pkg/model/envoyfilter.go proxyMatch: a regular expression anywhere in the proxy's version.
function versionOf({ is }: Patch, { version }: Proxy): 'fits' | 'other' | 'unknown' {
  const wanted = wantedVersion(is);
  if (wanted === undefined) return 'fits';
  const pattern = regularExpression(wanted);
  if (version === undefined || !pattern) return 'unknown';
  return pattern.test(version) ? 'fits' : 'other';
}

function wantedVersion(patch: Loose): string | undefined {
  return text(part(part(patch, 'match'), 'proxy'), 'proxyVersion');
}

function otherVersion(patch: Patch, proxy: Proxy): PatchVerdict | undefined {
  const fits = versionOf(patch, proxy);
  if (fits === 'fits') return undefined;
  const wanted = wantedVersion(patch.is) ?? '';
  if (fits === 'unknown') {
    return { is: 'open', because: `whether proxyVersion ${wanted} fits is not known` };
  }
  const version = proxy.version ?? '';
  const because = `its proxyVersion ${wanted} does not match this proxy's version, ${version}`;
  const mend = `Change proxyVersion so that it matches ${version}`;
  const field = 'match/proxy/proxyVersion';
  // It may be meant for proxies that are not upgraded yet.
  return { is: 'lost', lost: { patch, sure: false, because, mend, field } };
}

function regularExpression(source: string): RegExp | undefined {
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

const inserts = new Set(['INSERT_BEFORE', 'INSERT_AFTER', 'REPLACE', 'MERGE']);

// pilot/pkg/networking/core/envoyfilter/listener_patch.go patchHTTPFilters, patchNetworkFilters: nothing happens where
// no filter has the name that the match asks for.
function lostFilter(patch: Patch, proxy: Proxy): PatchVerdict {
  const applyTo = text(patch.is, 'applyTo') ?? '';
  const operation = text(part(patch.is, 'patch'), 'operation') ?? '';
  if (applyTo !== 'HTTP_FILTER' && applyTo !== 'NETWORK_FILTER') {
    return { is: 'open', because: `it changes ${applyTo}, which is not compared with the proxy` };
  }
  if (operation === 'REMOVE') return { is: 'open', because: 'what it removes is not known' };
  const names = namesFor(patch, proxy);
  if (!names)
    return { is: 'open', because: 'the filters of the proxy could not be read', unread: true };
  const adds = text(part(part(patch.is, 'patch'), 'value'), 'name');
  if (adds !== undefined && names.includes(adds) && operation !== 'MERGE') return { is: 'fine' };
  const filter = part(part(part(part(patch.is, 'match'), 'listener'), 'filterChain'), 'filter');
  const anchors = [text(filter, 'name'), text(part(filter, 'subFilter'), 'name')];
  const missing = anchors.find((name) => name !== undefined && !names.includes(name));
  if (missing !== undefined && inserts.has(operation)) {
    return { is: 'lost', lost: withoutAnchor(patch, operation, missing, names) };
  }
  return operation === 'MERGE'
    ? { is: 'fine' }
    : { is: 'open', because: 'whether a listener fits its match is not known' };
}

function namesFor(patch: Patch, { role, inbound, outbound }: Proxy): readonly string[] | undefined {
  const context = contextOf(patch.is);
  if (context === 'SIDECAR_INBOUND') return inbound?.names;
  if (context === 'SIDECAR_OUTBOUND' || role === 'gateway') return outbound?.names;
  return inbound && outbound && [...inbound.names, ...outbound.names];
}

// Filters that are there only when a policy needs them: pilot/pkg/security/authn/policy_applier.go JwtFilter,
// pilot/pkg/security/authz/builder/builder.go.
const onDemand: Readonly<Record<string, string>> = {
  'envoy.filters.http.jwt_authn': 'a RequestAuthentication for the pod',
  'envoy.filters.http.rbac': 'an AuthorizationPolicy for the pod',
  'envoy.filters.http.ext_authz': 'an AuthorizationPolicy with action CUSTOM for the pod',
};

function withoutAnchor(
  patch: Patch,
  operation: string,
  missing: string,
  names: readonly string[],
): Lost {
  const maker = onDemand[missing];
  const close = maker === undefined ? near(missing, names) : [];
  const why = maker === undefined ? '' : `; only ${maker} adds that filter`;
  const has = close.length > 0 ? ` (it has ${listed(close)})` : '';
  return {
    patch,
    sure: true,
    because: `${operation} needs the filter ${missing}, which this proxy does not have${has}${why}`,
    mend: `Name a filter that the proxy has: ${listed(close.length > 0 ? close : lastNames(names))}`,
    field: 'match/listener/filterChain/filter',
  };
}

/** Every HTTP chain ends with the router: most patches are meant to go before it. */
function lastNames(names: readonly string[]): readonly string[] {
  const router = 'envoy.filters.http.router';
  return names.includes(router) ? [router] : names.slice(0, 2);
}

function report(filter: KubeObject, lost: Lost, count: number, all: number): Problem {
  const at = `/spec/configPatches/${lost.patch.at}`;
  const which = all === 1 ? '' : ` (${count} of its ${all} patches for this proxy)`;
  const said = {
    of: filter,
    does: lost.mend,
    touches: 'every proxy that the EnvoyFilter applies to',
  };
  return problem(filter, {
    rule: 'filter-no-effect',
    sure: lost.sure,
    says: `${called(filter)} has no effect on this proxy${which}: ${lost.because}.`,
    consequence: "This pod's traffic goes as if the patch did not exist.",
    fixes: [editing(said, `${at}/${lost.field}`)],
  });
}
