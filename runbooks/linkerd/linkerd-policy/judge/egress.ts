// What leaves the cluster: which EgressNetwork decides about the host that was named, and which denies what its pod sends.
import {
  cite,
  clear,
  count,
  destinationText,
  listed,
  meshdoc,
  podText,
  skip,
  valueOf,
  type Answers,
  type Clear,
  type Command,
  type Found,
  type Known,
  type KubeObject,
} from '../../../../src/authoring.ts';
import type { Counted } from '../../../../src/facts/linkerd/policy/counters.ts';
import type { Egress } from '../../../../src/facts/linkerd/policy/egress.ts';
import { identityOfCaller } from '../../../../src/model/linkerd/policy/caller.ts';
import {
  candidates,
  isAddress,
  networksFor,
  verdictBy,
  type EgressVerdict,
  type Spoken,
} from '../../../../src/model/linkerd/policy/egress.ts';
import { clusterOf } from '../../../../src/model/linkerd/policy/picture.ts';
import { text } from '../../../../src/model/kube/read.ts';
import type { Input } from '../../../shared/request.ts';
import { ask, egress, mesh, now } from '../checks.ts';
import { openHost, readNetwork, type Opening } from '../egress-fixes.ts';
import { tell } from '../says.ts';
import { grownBy, plaintextText, policyText } from '../words.ts';
import { refusingText, routeText } from '../egress-words.ts';

const sees = { egress, mesh, now };
type Outside = NonNullable<Input['dst']['outside']>;

export const leaving = ask({
  id: 'leaving',
  asks: 'Does an EgressNetwork deny what leaves the cluster?',
  why: 'A proxy obeys the EgressNetworks of its own namespace, or without any the shared ones.',
  uses: [],
  sees,
  judge: (_, seen, { dst, path, method }) => {
    const c = caseOf(seen, dst);
    if (!c) return dst.outside ? skip('the EgressNetworks are not known') : undefined;
    if (!dst.outside) return byCounters(c);
    return named(c, dst.outside, path !== undefined || method !== undefined ? 'http' : undefined);
  },
});

type Seen = NonNullable<Answers<typeof sees>['egress']>;
type Case = Omit<Seen, 'objects'> & {
  readonly objects: Known<Egress>;
  readonly denied: readonly Counted[];
  readonly counters: Answers<typeof sees>['now'] | undefined;
  readonly cluster: ReturnType<typeof clusterOf>;
  readonly again: Command;
};

function caseOf(seen: Partial<Answers<typeof sees>>, dst: Input['dst']): Case | undefined {
  const got = seen.egress;
  if (got?.objects.kind !== 'known') return undefined;
  const counters = valueOf(seen.now);
  const all = counters?.is === 'counted' ? counters.all : [];
  return {
    ...got,
    objects: got.objects,
    denied: all.filter(({ what }) => what === 'egress'),
    counters: seen.now,
    cluster: clusterOf(got.own, valueOf(seen.mesh)?.config),
    again: dst.outside
      ? meshdoc`diagnose linkerd-policy ${podText(dst.pod)} ${destinationText(dst)}`
      : meshdoc`diagnose linkerd-policy ${podText(dst.pod)}`,
  };
}

/** What was asked about one host. */
function named(c: Case, outside: Outside, told: Spoken | undefined): readonly Found[] | Clear {
  const { own, objects, sender, cluster } = c;
  const identity = identityOfCaller(own, outside.port, cluster);
  if (identity.is === 'none') {
    const slots = {
      pod: own.ref,
      host: hostText(outside),
      because: plaintextText(identity.because),
    };
    return [tell('egress-unwatched', slots, { from: cite(c.objects) })];
  }
  const seen = c.denied.filter(({ port, now }) => port === outside.port && now > 0);
  const spoken = told ?? spokenBy(seen);
  const all = candidates(objects.value, sender, outside.host).map((by) =>
    verdictBy(by, objects.value, outside, spoken),
  );
  const [first] = all;
  if (!first) return [];
  const isAlike = all.every(({ is }) => is === first.is || bothOpen(is, first.is));
  if (isAlike && first.is === 'denied') return [deniedHost(c, outside, first, seen, spoken)];
  if (isAlike && first.is !== 'hangs' && seen.length === 0 && objects.value.unseen.length === 0) {
    return clear(openText(first));
  }
  return [hanging(c, outside, all, seen)];
}

function bothOpen(a: EgressVerdict['is'], b: EgressVerdict['is']): boolean {
  const open = new Set<EgressVerdict['is']>(['allowed', 'free']);
  return open.has(a) && open.has(b);
}

/** Which counter grows tells what is spoken, if all that is sent to the port is the same. */
function spokenBy(seen: readonly Counted[]): Spoken {
  const all = new Set(seen.map(({ metric }) => (isHttp(metric) ? 'http' : 'not-http')));
  const [only, ...others] = all;
  return only === undefined || others.length > 0 ? 'unknown' : only;
}

function isHttp(metric: string): boolean {
  return /^outbound_(http|grpc)_/.test(metric);
}

type Denied = Extract<EgressVerdict, { readonly is: 'denied' }>;

function deniedHost(
  c: Case,
  outside: Outside,
  { by, because }: Denied,
  seen: readonly Counted[],
  spoken: Spoken,
): Found {
  const isCounted = seen.some((one) => isBy(one, by));
  const isRead = c.objects.value.unseen.length === 0;
  const slots = {
    network: policyText(by),
    pod: c.own.ref,
    traffic: `requests to ${hostText(outside)}`,
    why: refusingText(because, outside),
    bound: isAddress(outside.host) || isCounted ? undefined : boundText,
  };
  const opening: Opening = { ...{ by, outside, because, spoken }, again: c.again };
  return tell('egress-denied', slots, {
    from: cite(c.objects, isCounted ? c.counters : undefined),
    sure: isRead && (isCounted || isAddress(outside.host)),
    reach: seenText(seen),
    fixes: [readNetwork(by, c.again), ...openHost(opening, c.objects.value.takesTlsRoutes)],
  });
}

const boundText =
  'EgressNetworks match addresses: meshdoc took the host for one with a public address.';

function hanging(
  c: Case,
  outside: Outside,
  all: readonly EgressVerdict[],
  seen: readonly Counted[],
): Found {
  const hangs = all.find(({ is }) => is === 'hangs');
  const isNarrow = new Set(all.map(({ is }) => is)).size > 1;
  const what = [
    ...(isNarrow ? ['the address of the host'] : []),
    ...(hangs ? ['the protocol'] : []),
    ...(seen.length > 0
      ? ['whether the denials that its proxy counts on this port are of this host']
      : []),
  ];
  const slots = {
    pod: c.own.ref,
    host: hostText(outside),
    what: listed(what.length > 0 ? what : ['routes that could not be read']),
    options: all.map(optionText).join(' '),
  };
  const from = cite(c.objects, seen.length > 0 ? c.counters : undefined);
  const fixes = networksFor(c.objects.value, c.sender).map((by) => readNetwork(by, c.again));
  return tell('egress-hangs-on', slots, { from, fixes, reach: seenText(seen) });
}

function optionText(one: EgressVerdict): string {
  switch (one.is) {
    case 'free':
      return 'Where no EgressNetwork fits its address, nothing denies it.';
    case 'hangs':
      return `${routeText(one.route)} of ${policyText(one.by)} lets it through as plain HTTP (add --path then); TLS and anything else is denied.`;
    case 'allowed':
      return `${policyText(one.by)} allows it.`;
    case 'denied':
      return `${policyText(one.by)} denies it.`;
  }
}

function openText(one: EgressVerdict): string {
  if (one.is !== 'allowed') return 'No EgressNetwork applies to it, so Linkerd lets it through.';
  const how = one.route ? `, by ${routeText(one.route)}` : '';
  return `${policyText(one.by)} allows it${how}.`;
}

/** What the proxy counts as denied, of a network that still denies. */
function byCounters(c: Case): readonly Found[] {
  const mine = networksFor(c.objects.value, c.sender);
  return mine.flatMap((by) => {
    const ports = [...new Set(c.denied.filter((one) => isBy(one, by)).map(({ port }) => port))];
    return ports.flatMap((port) => (port === undefined ? [] : [deniedPort(c, by, port)]));
  });
}

function deniedPort(c: Case, by: KubeObject, port: number): Found {
  const seen = c.denied.filter((one) => one.port === port && isBy(one, by));
  const isClosed = text(by.spec, 'trafficPolicy') === 'Deny';
  const [grown, routes] = [grownBy(seen), attachedTo(c.objects.value, by, port)];
  const slots = {
    network: policyText(by),
    pod: c.own.ref,
    traffic: `traffic to port ${port} outside the cluster`,
    why: isClosed
      ? `its trafficPolicy is Deny, and ${routes}`
      : 'its trafficPolicy was Deny before',
  };
  const fixes = [readNetwork(by, c.again)];
  const from = cite(c.objects, c.counters);
  if (grown > 0)
    return tell(
      'egress-denied',
      { ...slots, bound: nameText },
      { from, fixes, reach: seenText(seen) },
    );
  const figures = `${count(everOf(seen), 'denial')} since the proxy started`;
  return tell('egress-denied-before', { ...slots, figures }, { from, fixes });
}

const nameText =
  'The counters do not name the host: name the pod and the host to see what would let it through.';

function attachedTo({ routes }: Egress, by: KubeObject, port: number): string {
  const verdict = verdictBy(by, { networks: [], routes }, { host: '', port }, 'unknown');
  if (verdict.is !== 'denied' || verdict.because.is !== 'no-host') {
    return `no route for port ${port} is attached to it`;
  }
  return `no route matches (attached: ${listed(verdict.because.routes.map(routeText), 3)})`;
}

function isBy({ server, namespace }: Counted, by: KubeObject): boolean {
  return server.name === by.metadata.name && namespace === by.metadata.namespace;
}

function everOf(seen: readonly Counted[]): number {
  return seen.reduce((sum, { ever }) => sum + ever, 0);
}

function seenText(seen: readonly Counted[]): string | undefined {
  if (seen.length === 0) return undefined;
  return `${count(everOf(seen), 'denial')} counted since the proxy started, ${grownBy(seen)} of them while meshdoc watched`;
}

function hostText({ host, port }: Outside): string {
  return `${host}:${port}`;
}
