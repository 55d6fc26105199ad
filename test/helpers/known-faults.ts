// What the sweeps have found and nobody has mended yet. To be emptied: an entry that matches nothing fails the
// sweeps too, so that none outlives its fault.

type KnownFault = { readonly fault: RegExp; readonly why: string };

const known: readonly KnownFault[] = [
  {
    fault: /exec .* hangs.* stale\/frozen/,
    why: 'istio/envoy is sure that Envoy is silent when it was an exec that did not come back',
  },
  {
    fault: /istioctl analyze .*(says healthy, and is not|names no gap|no gap that says why)$/,
    why: 'what istioctl analyze alone finds is lost without a word where it is missing: a decision, see istio/effect',
  },
  {
    fault: /"(.*)\(\d{4}-[\d:T-]+Z\)(.*)" became "\1\(\d{4}-[\d:T-]+Z\)\2"$/,
    why: 'a replay has one clock for all facts: where one waits, the time of those beside it depends on the order',
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
