// What the sweeps have found and nobody has mended yet. To be emptied: an entry that matches nothing fails the
// sweeps too, so that none outlives its fault.

type KnownFault = { readonly fault: RegExp; readonly why: string };

const known: readonly KnownFault[] = [
  {
    fault: /signal ignored: the run does not end$/,
    why: 'cli/diagnose-target.ts waits for the target and the server version without a deadline of its own',
  },
  {
    fault: /get namespaces\/.*(says stale\/unreachable and names no gap|no gap that says why)$/,
    why: 'kube/network-policies does not say that it could not read the labels of a namespace',
  },
  {
    fault: /is sure of stale\/push-rejected-unexplained/,
    why: 'stale is sure that no resource is to blame when it could not read them all',
  },
  {
    fault: /list gateways.*is sure of stale\/gateway-missing/,
    why: 'istio/effect takes a namespace for known whose list was refused',
  },
  {
    fault: /debug\/connections": other findings, and no gap that says why$/,
    why: 'istio/proxy-sync picks one of two streams when it could not read which is newer, and does not say so',
  },
  {
    fault: /exec .* hangs.* stale\/frozen/,
    why: 'istio/envoy is sure that Envoy is silent when it was an exec that did not come back',
  },
  {
    fault: /meshdoc 0\.1\.0.* became ".*meshdoc 0\.1\.0/,
    why: 'engine/diagnose.ts prints versions that came from steps nobody judged, if they were in time',
  },
];

const seen = new Set<KnownFault>();

/** Those that are not known. */
export function unknownFaults(faults: readonly string[]): readonly string[] {
  return faults.filter((fault) => {
    const entry = known.find((k) => k.fault.test(fault));
    if (entry) seen.add(entry);
    return !entry;
  });
}

/** Call when every sweep is done. */
export function mendedFaults(): readonly string[] {
  return known
    .filter((entry) => !seen.has(entry))
    .map(({ why }) => `mended, take it out of test/helpers/known-faults.ts: ${why}`);
}
