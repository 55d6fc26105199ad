// What the sweeps have found and nobody has mended yet. To be emptied: an entry that matches nothing fails the
// sweeps too, so that none outlives its fault.

/** `silent`: only what never answers shows it. */
type KnownFault = { readonly fault: RegExp; readonly why: string; readonly silent?: true };

const known: readonly KnownFault[] = [
  {
    fault: /istioctl analyze .*(says healthy, and is not|names no gap|no gap that says why)$/,
    why: 'what istioctl analyze alone finds is lost without a word where it is missing: a decision, see istio/effect',
  },
  {
    fault:
      /is sure of (?:linkerd-control-plane\/[\w-]+|[\w-]+\/(?:scaled-to-zero|istiod-down|istiod-killed)), which the full picture denies$/,
    why: 'the full picture tells a control plane that is down by what it does to the pods, and not twice: what is sure of it is true',
  },
  {
    fault:
      /"list services .* is sure of injection\/namespace-unlabeled, which the full picture denies$/,
    why: 'true of the caller: without the Services nobody knows that its identity does not matter here',
  },
  {
    fault: /is sure of pod\/[\w-]+, which the full picture denies$/,
    silent: true,
    why: 'what the pod shows of itself is true, and the full picture leaves it to the runbook that explains it',
  },
  {
    fault: /"get namespaces\/.* is sure of stale\/namespace-unread, which the full picture denies$/,
    why: 'it is what rbac says as namespace-not-discovered, told by the runbook that could list the namespaces',
  },
  {
    fault:
      /^"get ciliumendpoints.* hangs, signal ignored: is sure of .*, which the full picture denies$/,
    silent: true,
    why: 'an adapter that ignores its deadline takes the whole answer with it: then no mesh is known, and each is looked for',
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
    .filter((entry) => entry.silent === undefined && !seen.has(entry))
    .map(({ why }) => `mended, take it out of test/helpers/known-faults.ts: ${why}`);
}
